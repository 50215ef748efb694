import assert from "node:assert/strict";
import { extname } from "node:path";
import { clientTools } from "../support/client_tools.ts";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, mapPixels } from "./visit.ts";

/**
 * Third-party map libraries over this project's tiles and WMTS, on pages of another origin: all of them take 204 for a
 * failure.
 */

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Tiles that a page has loaded, and its errors. */
interface Noted {
  readonly loaded: number;
  readonly errors: readonly string[];
}

/**
 * Pages that show a part of the world of which the coverage is about a third. `TILES` is a URL template, `WMTS` the
 * address of the capabilities document.
 */
const PAGES: readonly { readonly name: string; readonly head: string; readonly script: string }[] = [
  {
    name: "Leaflet",
    head: '<link rel="stylesheet" href="leaflet/dist/leaflet.css"><script src="leaflet/dist/leaflet.js"></script>',
    script: `
      const map = L.map("map").setView([20, -60], 2);
      const layer = L.tileLayer(TILES, { tileSize: 512, zoomOffset: -1 });
      layer.on("tileload", () => noted.loaded++).on("tileerror", ({ coords }) => fail(coords)).addTo(map);`,
  },
  {
    name: "OpenLayers",
    head: '<script src="ol/dist/ol.js"></script>',
    script: `
      const source = new ol.source.XYZ({ url: TILES, tileSize: 512 });
      source.on("tileloadend", () => noted.loaded++);
      source.on("tileloaderror", ({ tile }) => fail(tile.src_));
      const view = new ol.View({ center: ol.proj.fromLonLat([-60, 20]), zoom: 2 });
      new ol.Map({ target: "map", layers: [new ol.layer.Tile({ source })], view });`,
  },
  {
    name: "OpenLayers by WMTS",
    head: '<script src="ol/dist/ol.js"></script>',
    script: `
      const text = await (await fetch(WMTS)).text();
      const capabilities = new ol.format.WMTSCapabilities().read(text);
      const options = ol.source.WMTS.optionsFromCapabilities(capabilities, { layer: "hrrr_tmp2m" });
      const source = new ol.source.WMTS(options);
      source.on("tileloadend", () => noted.loaded++);
      source.on("tileloaderror", ({ tile }) => fail(tile.src_));
      const view = new ol.View({ center: ol.proj.fromLonLat([-65, 40]), zoom: 5 });
      new ol.Map({ target: "map", layers: [new ol.layer.Tile({ source })], view });`,
  },
  {
    name: "Cesium",
    head: '<link rel="stylesheet" href="cesium/Build/Cesium/Widgets/widgets.css">' +
      '<script>globalThis.CESIUM_BASE_URL = "cesium/Build/Cesium/";</script><script src="cesium/Build/Cesium/Cesium.js"></script>',
    script: `
      const provider = new Cesium.UrlTemplateImageryProvider({ url: TILES, tileWidth: 512, tileHeight: 512 });
      provider.errorEvent.addEventListener(({ message }) => fail(message));
      const request = provider.requestImage.bind(provider);
      provider.requestImage = (...tile) => request(...tile)?.then((image) => (noted.loaded++, image));
      const viewer = new Cesium.Viewer("map", {
        baseLayer: new Cesium.ImageryLayer(provider),
        ...Object.fromEntries(["animation", "baseLayerPicker", "geocoder", "timeline"].map((name) => [name, false])),
      });
      viewer.camera.setView({ destination: Cesium.Cartesian3.fromDegrees(-90, 35, 9e6) });`,
  },
];

browserTest("third-party map libraries", async (t, browser) => {
  await using root = await publishedRoot([0], ["tmp2m"]);
  await using server = await startServer(root.dataRoot);
  const folder = await clientTools();
  const pages = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const page = PAGES.find(({ name }) => path === `/${name}`);
    if (page) return new Response(htmlOf(page, server.origin), { headers: { "content-type": "text/html" } });
    if (path.includes("..")) return new Response(null, { status: 404 });
    const file = await Deno.readFile(`${folder}node_modules${path}`).catch(() => null);
    return file
      ? new Response(file, { headers: { "content-type": TYPES[extname(path)] ?? "application/octet-stream" } })
      : new Response(null, { status: 404 });
  });
  for (const { name } of PAGES) {
    await t.step(`${name} shows the weather, and reports no tile as failed`, async () => {
      const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
      const faults: string[] = [];
      page.on("pageerror", ({ message }) => faults.push(message));
      await page.goto(`http://127.0.0.1:${pages.addr.port}/${encodeURIComponent(name)}`);
      await page.waitForFunction("globalThis.noted?.loaded > 3", undefined, { timeout: 30_000 })
        .catch((error) => assert.fail(`${error.message} ${faults.join("\n")}`));
      await page.waitForTimeout(1500);
      const { errors } = await page.evaluate("noted") as Noted;
      assert.deepEqual([...faults, ...errors], []);
      assert.ok(new Set(await mapPixels(page)).size > 40, "weather is to be seen");
      await page.close();
    });
  }
  await pages.shutdown();
});

function htmlOf({ head, script }: (typeof PAGES)[number], origin: string): string {
  return `<!doctype html><meta charset="utf-8">${head}
    <style>html, body, #map { height: 100%; margin: 0; }</style><div id="map" class="map"></div>
    <script type="module">
      globalThis.noted = { loaded: 0, errors: [] };
      const fail = (what) => noted.errors.push(String(what));
      const TILES = "${origin}/tiles/v3/hrrr/${RUN}/tmp2m/0/{z}/{x}/{y}.png?empty=png";
      const WMTS = "${origin}/wmts/v3/1.0.0/WMTSCapabilities.xml";
      ${script}
    </script>`;
}
