import assert from "node:assert/strict";
import { fromFile } from "geotiff";
import { geoTransform } from "../../contract/grid.ts";
import { modelGeometry } from "../../contract/models.ts";
import { type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";
import { gdalTool } from "../support/gdal_tools.ts";
import { frame } from "../support/identity.ts";
import { runBuildFrame } from "../support/run_command.ts";
import { sharedData, testWithSharedData } from "../support/shared_data.ts";
import { tempDir } from "../support/temp_dir.ts";

const MESSAGE = "hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2";
const { grid } = modelGeometry("hrrr")!;
/** Longitude and latitude of Denver, Seattle, Miami, Minneapolis, Los Angeles and New York. */
const PLACES = [[-104.99, 39.74], [-122.33, 47.61], [-80.19, 25.76], [-93.27, 44.98], [-118.24, 34.05], [
  -74.01,
  40.71,
]];

interface BuiltRealFrame {
  readonly sidecar: Sidecar;
  readonly rgbaPath: string;
  readonly valuePath: string;
}

async function buildRealFrame(folder: string): Promise<BuiltRealFrame> {
  const options = ["--grib", sharedData(MESSAGE)!, "--data-root", folder, "--publish", "--json"];
  const { code, stdout, stderr } = await runBuildFrame(frame("hrrr/20260129_17z/tmp2m/1"), options);
  assert.equal(code, 0, stderr);
  const base = `${folder}/published/hrrr/20260129_17z/tmp2m/fh001`;
  return {
    sidecar: sidecarSchema.parse(JSON.parse(stdout).sidecar),
    rgbaPath: `${base}.rgba.cog.tif`,
    valuePath: `${base}.val.cog.tif`,
  };
}

testWithSharedData("gdalinfo finds the COGs of a real HRRR message as the contract says", async () => {
  await using folder = await tempDir();
  const { rgbaPath, valuePath, sidecar } = await buildRealFrame(folder.path);
  const cases = [
    {
      path: rgbaPath,
      types: ["Byte", "Byte", "Byte", "Byte"],
      colors: ["Red", "Green", "Blue", "Alpha"],
    },
    { path: valuePath, types: ["Float32"], colors: ["Gray"] },
  ];
  for (const { path, types, colors } of cases) {
    const info = JSON.parse(await gdalTool("gdalinfo", ["-json", path]));
    assert.deepEqual(info.size, [grid.width, grid.height]);
    assert.deepEqual(info.geoTransform, geoTransform(grid));
    assert.equal(info.metadata.IMAGE_STRUCTURE.LAYOUT, "COG");
    assert.match(info.coordinateSystem.wkt, /ID\["EPSG",3857\]\]$/);
    assert.deepEqual(info.bands.map((band: { type: string }) => band.type), types);
    assert.deepEqual(info.bands.map((band: { colorInterpretation: string }) => band.colorInterpretation), colors);
    for (const band of info.bands) {
      assert.deepEqual(band.block, [512, 512]);
      assert.ok(band.overviews.length >= 1);
    }
  }
  assert.deepEqual(sidecar.source.grib_messages, ["TMP:2 m above ground:1 hour fcst"]);
  assert.equal(sidecar.source.synthetic, undefined);
  assert.equal(sidecar.valid_time, "2026-01-29T18:00:00Z");
});

testWithSharedData("known places have the temperature of the message", async () => {
  await using folder = await tempDir();
  const { valuePath, sidecar } = await buildRealFrame(folder.path);
  const stdin = PLACES.map(([lon, lat]) => `${lon} ${lat}`).join("\n") + "\n";
  const read = async (path: string) =>
    (await gdalTool("gdallocationinfo", ["-valonly", "-wgs84", path], { stdin, env: { GRIB_NORMALIZE_UNITS: "NO" } }))
      .trim().split("\n").map(Number);
  const ours = await read(valuePath);
  const message = await read(sharedData(MESSAGE)!);
  ours.forEach((value, i) => {
    const fahrenheit = (message[i]! - 273.15) * 9 / 5 + 32;
    // The grids differ: near coasts and mountains neighbouring cells differ by a degree.
    assert.ok(Math.abs(value - fahrenheit) < 2, `${PLACES[i]}: ${value}, message ${fahrenheit}`);
    assert.ok("min" in sidecar.stats && value >= sidecar.stats.min && value <= sidecar.stats.max);
  });
});

testWithSharedData("geotiff.js finds the layout of a COG in both files", async () => {
  await using folder = await tempDir();
  const { rgbaPath, valuePath } = await buildRealFrame(folder.path);
  for (const path of [rgbaPath, valuePath]) {
    const tiff = await fromFile(path);
    const count = await tiff.getImageCount();
    assert.ok(count >= 2);
    let previousFirst = Infinity;
    let previousWidth = Infinity;
    for (let i = 0; i < count; i++) {
      const image = await tiff.getImage(i);
      assert.ok(image.getWidth() < previousWidth, "overviews follow in order of size");
      previousWidth = image.getWidth();
      assert.deepEqual([image.getTileWidth(), image.getTileHeight()], [512, 512]);
      const offsets = [...await image.fileDirectory.loadValue("TileOffsets") as ArrayLike<number> as number[]];
      assert.deepEqual(offsets, [...offsets].sort((a, b) => a - b), "tiles follow in order");
      assert.ok(Math.max(...offsets) < previousFirst, "the data of smaller levels comes first");
      previousFirst = Math.min(...offsets);
    }
    // All directories precede the data.
    const header = (await Deno.readFile(path)).subarray(0, 8);
    const firstDirectory = new DataView(header.buffer, header.byteOffset).getUint32(4, true);
    assert.ok(firstDirectory < 1024 && firstDirectory < previousFirst, `first directory at ${firstDirectory}`);
    tiff.close();
  }
});
