import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { modelGeometry } from "../contract/models.ts";
import { mercatorX, mercatorY } from "../contract/projection.ts";
import { testWithDebian } from "./support/debian_programs.ts";
import { eventually } from "./support/eventually.ts";
import { freePort } from "./support/free_port.ts";
import { RUN } from "./support/published_root.ts";
import { publishedServer } from "./support/published_server.ts";
import { tempDir } from "./support/temp_dir.ts";

/** Tests with third-party OGC clients of tiles and WMTS. */

const server = await publishedServer([0], ["tmp2m"]);

const CLIENTS = fileURLToPath(new URL("clients/", import.meta.url));

async function pngOf(response: Response): Promise<PNG> {
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.headers.get("content-type"), "image/png", bytes.toString().slice(0, 500));
  assert.equal(response.status, 200);
  return PNG.sync.read(bytes);
}

const pixel = (
  { data, width }: PNG,
  x: number,
  y: number,
) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];

testWithDebian(["python:mapproxy"], "MapProxy composes a map from existing and empty tiles", async () => {
  await using folder = await tempDir();
  const tiles = `${server.origin}/tiles/v3/hrrr/${RUN}/tmp2m/0`;
  const configuration = {
    services: { wms: { srs: ["EPSG:3857"], md: { title: "test" } } },
    grids: { ours: { base: "GLOBAL_WEBMERCATOR", tile_size: [512, 512] } },
    sources: {
      tiles: { type: "tile", grid: "ours", transparent: true, url: `${tiles}/%(z)s/%(x)s/%(y)s.png?empty=png` },
    },
    caches: { kept: { grids: ["ours"], sources: ["tiles"], disable_storage: true } },
    layers: [{ name: "temperature", title: "temperature", sources: ["kept"] }],
    globals: { cache: { base_dir: `${folder.path}/cache` } },
  };
  await Deno.writeTextFile(`${folder.path}/mapproxy.yaml`, JSON.stringify(configuration)); // JSON is valid YAML
  const port = freePort();
  const mapProxy = new Deno.Command("/usr/bin/python3", {
    args: [`${CLIENTS}serve_mapproxy.py`, `${folder.path}/mapproxy.yaml`, String(port)],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    // The whole coverage, and beside it one empty tile of 512 px.
    const [west, east] = [mercatorX(-180), mercatorX(90)];
    const [south, north] = [mercatorY(0), mercatorY(66.513)];
    const size = { width: 1536, height: Math.round(1536 * (north - south) / (east - west)) };
    const url = `http://127.0.0.1:${port}/service?service=WMS&version=1.1.1&request=GetMap&layers=temperature&styles=` +
      `&srs=EPSG:3857&bbox=${west},${south},${east},${north}&width=${size.width}&height=${size.height}` +
      "&format=image/png&transparent=true";
    await eventually(
      () => fetch(url).then(({ body }) => body!.cancel().then(() => true), () => false),
      "MapProxy answers",
    );
    const map = await pngOf(await fetch(url));
    assert.deepEqual([map.width, map.height], [size.width, size.height]);
    const at = (lonDeg: number, latDeg: number) =>
      pixel(
        map,
        Math.floor((mercatorX(lonDeg) - west) / (east - west) * size.width),
        Math.floor((north - mercatorY(latDeg)) / (north - south) * size.height),
      );
    assert.deepEqual(at(50, 20), [0, 0, 0, 0], "clear where there is nothing");
    // The same place in our tile of the zoom that MapProxy uses for this scale.
    const tile = await pngOf(await fetch(`${tiles}/2/0/1.png`));
    for (const [lonDeg, latDeg] of [[-100, 40], [-115, 37], [-95, 33]] as const) {
      const worldPx = 512 * 4;
      const [x, y] = [
        (mercatorX(lonDeg) / (2 * mercatorX(180)) + 0.5) * worldPx,
        (0.5 - mercatorY(latDeg) / (2 * mercatorX(180))) * worldPx,
      ];
      const ours = pixel(tile, Math.floor(x), Math.floor(y) - 512);
      const theirs = at(lonDeg, latDeg);
      const apart = Math.max(...ours.map((part, i) => Math.abs(part - theirs[i]!)));
      assert.ok(apart <= 24, `${theirs} for ${ours} at ${lonDeg}, ${latDeg}`);
    }
  } finally {
    mapProxy.kill("SIGKILL");
    await mapProxy.status;
  }
});

testWithDebian(["python:owslib"], "OWSLib reads the WMTS document, its operations and its tiles", async () => {
  const args = [`${CLIENTS}read_wmts.py`, server.origin];
  const { code, stdout, stderr } = await new Deno.Command("/usr/bin/python3", { args }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  const { layers, operations, bounds, type, inside, outside } = JSON.parse(text.decode(stdout));
  assert.deepEqual(layers, ["hrrr_tmp2m"]);
  assert.deepEqual(operations, ["GetCapabilities", "GetTile", "GetFeatureInfo"]);
  const { west, south, east, north } = modelGeometry("hrrr")!.coverage;
  assert.ok([west, south, east, north].every((degrees, i) => Math.abs(degrees - bounds[i]) < 0.2), String(bounds));
  assert.equal(type, "image/png");
  assert.ok(inside > 1000 && outside < 1000, `${inside} and ${outside} bytes`);
});
