import assert from "node:assert/strict";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { PNG } from "pngjs";
import { modelGeometry } from "../contract/models.ts";
import { MAX_ZOOM, tileBox } from "../contract/tile.ts";
import { gdal } from "./support/gdal_program.ts";
import { publishedRoot, publishHour, RUN } from "./support/published_root.ts";
import { type ServerProcess, startServer } from "./support/server_process.ts";
import { testApp } from "./support/test_app.ts";
import { runId } from "./support/identity.ts";

/** Tests of WMTS as OGC 07-057r7 defines it: every address in the capabilities is requested. */

/** A newer run that is not the latest one: it has too few hours. It lacks a layer that the other run has. */
const NEWER = runId("20260217_07z");

const root = await publishedRoot([0, 1, 2], ["tmp2m", "refc"]);
for (const hour of [0, 1]) await publishHour(root.dataRoot, NEWER, hour, ["tmp2m"]);
const server: ServerProcess = await startServer(root.dataRoot);
Deno.test.afterAll(async () => {
  await server.stop();
  await root[Symbol.asyncDispose]();
});

const ELEMENTS_OF_MANY = [
  "Layer",
  "Dimension",
  "Value",
  "ResourceURL",
  "TileMatrixLimits",
  "TileMatrixSetLink",
  "InfoFormat",
];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  isArray: (name) => ELEMENTS_OF_MANY.includes(name) || ["ows:Operation", "ows:Get"].includes(name),
});

// deno-lint-ignore no-explicit-any -- a parsed document
type Xml = any;

async function parsed(response: Response): Promise<Xml> {
  assert.match(response.headers.get("content-type")!, /^application\/xml/);
  const text = await response.text();
  assert.equal(XMLValidator.validate(text), true, text);
  return parser.parse(text);
}

async function document(origin = server.origin): Promise<Xml> {
  return (await parsed(await fetch(`${origin}/wmts/v3?SERVICE=WMTS&REQUEST=GetCapabilities`))).Capabilities;
}

function layerOf(capabilities: Xml, id: string): Xml {
  return capabilities.Contents.Layer.find((layer: Xml) => layer["ows:Identifier"] === id);
}

function dimension(layer: Xml, id: string): { Default: string; Value: string[] } {
  return layer.Dimension.find((each: Xml) => each["ows:Identifier"] === id);
}

const TILE = {
  service: "WMTS",
  request: "GetTile",
  version: "1.0.0",
  layer: "hrrr_tmp2m",
  style: "default",
  format: "image/png",
  tilematrixset: "WebMercatorQuad",
  tilematrix: "5",
  tilerow: "12",
  tilecol: "7",
};

function ask(change: Record<string, string | undefined>, origin = server.origin): Promise<Response> {
  const parameters = Object.entries({ ...TILE, ...change }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]]
  );
  return fetch(`${origin}/wmts/v3?${new URLSearchParams(parameters)}`);
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, "image/png"], response.url);
  return bytes;
}

Deno.test("GDAL's WMTS driver opens every layer and draws the pixels of the map's own tiles", async () => {
  const wmts = `WMTS:${server.origin}/wmts/v3/1.0.0/WMTSCapabilities.xml`;
  const listing = await gdal("gdalinfo", wmts);
  for (const layer of ["hrrr_tmp2m", "hrrr_refc"]) assert.ok(listing.includes(`layer=${layer}`), listing);
  const folder = await Deno.makeTempDir({ prefix: "twf-wmts-" });
  try {
    // Zoom 5, column 7, row 12 in both matrix sets: the area of one 512 px tile.
    for (const [set, tileSizePx] of [["WebMercatorQuadx2", 512], ["WebMercatorQuad", 256]] as const) {
      const half = 20037508.342789244;
      const side = 2 * half / 32;
      const window = [-half + 7 * side, half - 12 * side, -half + 8 * side, half - 13 * side].map(String);
      const out = `${folder}/${set}.tif`;
      await gdal(
        "gdal_translate",
        "-q",
        "-projwin",
        ...window,
        "-outsize",
        String(tileSizePx),
        String(tileSizePx),
        "-r",
        "near",
        `${wmts},layer=hrrr_tmp2m,tilematrixset=${set},tilematrix=5`,
        out,
      );
      await gdal("gdal_translate", "-q", "-of", "PNG", out, `${folder}/${set}.png`);
      const drawn = PNG.sync.read(Buffer.from(await Deno.readFile(`${folder}/${set}.png`)));
      const url = set === "WebMercatorQuadx2"
        ? `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`
        : `/wmts/v3?service=WMTS&Request=GetTile&Layer=hrrr_tmp2m&style=default&TileMatrixSet=${set}&TileMatrix=5&TileRow=12&TileCol=7`;
      const own = PNG.sync.read(Buffer.from(await (await fetch(server.origin + url)).arrayBuffer()));
      assert.deepEqual([own.width, own.height], [tileSizePx, tileSizePx]);
      assert.ok(Buffer.compare(visible(drawn), visible(own)) === 0, set);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Clears the colours of transparent pixels, which mean nothing. */
function visible({ data }: PNG): Buffer {
  const copy = Buffer.from(data);
  for (let i = 0; i < copy.length; i += 4) if (copy[i + 3] === 0) copy.fill(0, i, i + 3);
  return copy;
}

Deno.test("every time and run that a layer lists has a tile, and no run without frames is listed", async () => {
  const capabilities = await document();
  const runs = { hrrr_tmp2m: ["2026-02-17T07:00:00Z", "2026-02-17T06:00:00Z"], hrrr_refc: ["2026-02-17T06:00:00Z"] };
  for (const [id, referenceTimes] of Object.entries(runs)) {
    const layer = layerOf(capabilities, id);
    assert.deepEqual(dimension(layer, "reference_time").Value, referenceTimes);
    for (const time of dimension(layer, "time").Value) await bytesOf(await ask({ layer: id, time }));
    for (const reference_time of referenceTimes) await bytesOf(await ask({ layer: id, reference_time }));
  }
  assert.deepEqual(dimension(layerOf(capabilities, "hrrr_tmp2m"), "time").Value.length, 3);
});

Deno.test("missing dimensions get the defaults in the capabilities, also before a run is promoted", async () => {
  await using own = await publishedRoot([0]); // too few hours to be promoted
  await using young = await startServer(own.dataRoot);
  for (const { origin } of [server, young]) {
    const layer = layerOf(await document(origin), "hrrr_tmp2m");
    const [reference_time, time] = ["reference_time", "time"].map((id) => dimension(layer, id).Default) as [
      string,
      string,
    ];
    const expected = await bytesOf(await ask({ reference_time, time }, origin));
    for (
      const left of [{}, { time }, { reference_time }, { time: "default", reference_time: "default" }, { time: "" }]
    ) {
      assert.deepEqual(await bytesOf(await ask(left, origin)), expected, JSON.stringify(left));
    }
  }
  assert.equal(dimension(layerOf(await document(), "hrrr_tmp2m"), "reference_time").Default, "2026-02-17T06:00:00Z");
});

Deno.test("a time is accepted in every notation that clients use", async () => {
  const at = async (time: string) => await bytesOf(await ask({ time }));
  const expected = await at("2026-02-17T08:00:00Z");
  assert.notDeepEqual(expected, await at("2026-02-17T06:00:00Z"));
  for (
    const time of [
      "2026-02-17T08:00Z",
      "2026-02-17T08:00:00.000Z",
      "2026-02-17T08:00:00",
      "2026-02-17t08:00:00z",
      "2026-02-17T10:00:00+02:00",
      "2026-02-17T10:00+0200",
      "2026-02-17T10:00:00+02",
      "2026-02-17T03:00-05:00",
      "2026-02-17T10:00:00 02:00",
      "current",
      "CURRENT", // the newest valid time is nearest to now
    ]
  ) assert.deepEqual(await at(time), expected, time);
  for (const time of ["yesterday", "2026-02-17", "2026-13-17T08:00Z", "2026-02-17T08:00+25:00", "08:00"]) {
    const response = await ask({ time });
    assert.equal(response.status, 400, time);
    assert.match(await response.text(), /locator="time".*default or current/);
  }
});

Deno.test("an error is an OWS exception report", async () => {
  const cases: [change: Record<string, string | undefined>, status: number, code: string, locator: string][] = [
    [{ service: "WMS" }, 400, "InvalidParameterValue", "service"],
    [{ request: "GetMap" }, 400, "OperationNotSupported", "request"],
    [{ version: "1.3.0" }, 400, "InvalidParameterValue", "version"],
    [{ request: "GetCapabilities", acceptversions: "2.0.0" }, 400, "VersionNegotiationFailed", "acceptversions"],
    [{ layer: undefined }, 400, "MissingParameterValue", "layer"],
    [{ layer: "hrrr_nosuch" }, 404, "InvalidParameterValue", "layer"],
    [{ layer: "<script>" }, 404, "InvalidParameterValue", "layer"],
    [{ style: "grey" }, 400, "InvalidParameterValue", "style"],
    [{ format: "image/jpeg" }, 400, "InvalidParameterValue", "format"],
    [{ tilematrixset: "EPSG:4326" }, 400, "InvalidParameterValue", "tilematrixset"],
    [{ tilematrix: "99" }, 400, "InvalidParameterValue", "tilematrix"],
    [{ tilerow: "32" }, 400, "TileOutOfRange", "tilerow"],
    [{ tilecol: "99" }, 400, "TileOutOfRange", "tilecol"],
    [{ tilecol: "x" }, 400, "InvalidParameterValue", "tilecol"],
    [{ tilerow: undefined }, 400, "MissingParameterValue", "tilerow"],
    [{ time: "2026-02-17T23:00:00Z" }, 404, "InvalidParameterValue", "time"],
    [{ reference_time: "2026-02-17T06:30:00Z" }, 404, "InvalidParameterValue", "reference_time"],
    [{ request: "GetFeatureInfo", i: "3" }, 400, "MissingParameterValue", "j"],
    [{ request: "GetFeatureInfo", i: "3", j: "256" }, 400, "InvalidParameterValue", "j"],
    [
      { request: "GetFeatureInfo", i: "3", j: "4", infoformat: "text/html" },
      400,
      "InvalidParameterValue",
      "infoformat",
    ],
  ];
  for (const [change, status, code, locator] of cases) {
    const response = await ask(change);
    assert.equal(response.status, status, response.url);
    assert.match(response.headers.get("cache-control")!, status === 404 ? /max-age=15/ : /no-store/);
    const { Exception } = (await parsed(response)).ExceptionReport;
    assert.deepEqual([Exception.exceptionCode, Exception.locator], [code, locator], response.url);
    assert.ok(Exception["ows:ExceptionText"] ?? Exception.ExceptionText, response.url);
  }
  const twice = await fetch(`${server.origin}/wmts/v3?service=WMTS&request=GetTile&LAYER=a&layer=b`);
  assert.match(await twice.text(), /locator="layer".*expected once/);
});

Deno.test("outside the coverage a clear tile is immutable, and TileMatrixLimits enclose the coverage", async () => {
  for (const [tilematrixset, side] of [["WebMercatorQuad", 256], ["WebMercatorQuadx2", 512]] as const) {
    const outside = await ask({ tilematrixset, tilecol: "30" });
    assert.match(outside.headers.get("cache-control")!, /immutable/);
    const picture = PNG.sync.read(Buffer.from(await bytesOf(outside)));
    assert.deepEqual([picture.width, picture.height], [side, side]);
    assert.ok(picture.data.every((byte: number) => byte === 0));
  }
  const links = layerOf(await document(), "hrrr_tmp2m").TileMatrixSetLink;
  assert.deepEqual(links.map(({ TileMatrixSet }: Xml) => TileMatrixSet), ["WebMercatorQuad", "WebMercatorQuadx2"]);
  const { westM, eastM, southM, northM } = modelGeometry("hrrr")!.grid;
  for (const { TileMatrixSetLimits: { TileMatrixLimits: limits } } of links) {
    assert.equal(limits.length, MAX_ZOOM + 1);
    for (const { TileMatrix, MinTileRow, MaxTileRow, MinTileCol, MaxTileCol } of limits) {
      const z = Number(TileMatrix);
      const first = tileBox({ z, x: Number(MinTileCol), y: Number(MinTileRow) });
      const last = tileBox({ z, x: Number(MaxTileCol), y: Number(MaxTileRow) });
      assert.ok(first.westM <= westM && westM < first.eastM && last.westM < eastM && eastM <= last.eastM, TileMatrix);
      assert.ok(first.northM >= northM && northM > first.southM && last.northM > southM && southM >= last.southM);
    }
  }
});

Deno.test("every address in the capabilities answers: legends, resources, sidecars, the document", async () => {
  const capabilities = await document();
  const { href } = { href: capabilities.ServiceMetadataURL["xlink:href"] };
  assert.deepEqual((await parsed(await fetch(href))).Capabilities.Contents, capabilities.Contents);
  const encodings = capabilities["ows:OperationsMetadata"]["ows:Operation"].map(
    (operation: Xml) =>
      [
        operation.name,
        ...operation["ows:DCP"]["ows:HTTP"]["ows:Get"].map(
          (get: Xml) => get["ows:Constraint"]["ows:AllowedValues"]["ows:Value"],
        ),
      ].join(" "),
  );
  assert.deepEqual(encodings, ["GetCapabilities KVP RESTful", "GetTile KVP RESTful", "GetFeatureInfo KVP RESTful"]);
  for (const layer of capabilities.Contents.Layer) {
    const legend = layer.Style.LegendURL;
    const picture = PNG.sync.read(Buffer.from(await bytesOf(await fetch(legend["xlink:href"]))));
    assert.ok(picture.width > 100 && picture.height > 100);
    const sidecar = await fetch(layer["ows:Metadata"]["xlink:href"]);
    assert.equal((await sidecar.json()).model, "hrrr");
    for (const { template, format, resourceType } of layer.ResourceURL) {
      const filled = Object.entries({
        Style: "default",
        TileMatrixSet: "WebMercatorQuad",
        TileMatrix: "5",
        TileRow: "12",
        TileCol: "7",
        time: dimension(layer, "time").Default,
        reference_time: dimension(layer, "reference_time").Default,
        I: "3",
        J: "4",
      }).reduce((url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value)), template);
      assert.doesNotMatch(filled, /[{}]/);
      const response = await fetch(filled);
      assert.deepEqual(
        [response.status, response.headers.get("content-type")!.split(";")[0]],
        [200, format],
        resourceType,
      );
      await response.body?.cancel();
    }
  }
});

Deno.test("GetFeatureInfo gives the value under a pixel, the same as /sample", async () => {
  const info = await (await ask({ request: "GetFeatureInfo", i: "3", j: "4" })).json();
  const [lon, lat] = info.features[0].geometry.coordinates;
  const { value } = info.features[0].properties;
  const point = `lat=${lat.toFixed(10)}&lon=${lon.toFixed(10)}`;
  const sample = await (await fetch(`${server.origin}/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&${point}`))
    .json();
  assert.equal(value, sample.value);
  const text = await (await ask({ request: "GetFeatureInfo", i: "3", j: "4", infoformat: "text/plain" })).text();
  assert.equal(text, `tmp2m: ${value} °F, valid 2026-02-17T06:00:00Z\n`);
  const outside = await ask({ request: "GetFeatureInfo", i: "3", j: "4", tilecol: "30" });
  assert.deepEqual((await outside.json()).features, []);
});

Deno.test("a damaged frame is an exception report with status 503 and Retry-After", async () => {
  await using own = await publishedRoot([0]);
  await Deno.truncate(`${own.dataRoot}/published/hrrr/${RUN}/tmp2m/fh000.rgba.cog.tif`, 1000);
  using app = await testApp(own.dataRoot);
  const response = await app.get("/wmts/v3/hrrr_tmp2m/default/default/default/WebMercatorQuad/5/12/7.png");
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "60"]);
  assert.equal((await parsed(response)).ExceptionReport.Exception.exceptionCode, "NoApplicableCode");
});

Deno.test("the WMTS address works with and without a slash at its end, and without a style in the path", async () => {
  for (
    const path of ["/wmts/v3/", "/wmts/v3", "/wmts/v3/?service=wmts&request=getcapabilities&updatesequence=7&map=x"]
  ) {
    assert.ok((await parsed(await fetch(server.origin + path))).Capabilities, path);
  }
  await bytesOf(await fetch(`${server.origin}/wmts/v3/hrrr_tmp2m/default/default/WebMercatorQuad/5/12/7.png`));
});
