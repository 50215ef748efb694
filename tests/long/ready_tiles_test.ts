import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PMTiles } from "pmtiles";
import { PNG } from "pngjs";
import { frameName } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { artifactPath, locate, rootsBelow } from "../../contract/paths.ts";
import { nativeZoom, tilesOver } from "../../contract/tile.ts";
import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { findModel, findVariable } from "../../builder/models/registry.ts";
import { publishFrame } from "../../builder/publish/publish_frame.ts";
import { stageFrame } from "../../builder/publish/stage_frame.ts";
import { paletteColors } from "../../builder/style/palette_numbers.ts";
import { BytesSource } from "../support/bytes_source.ts";
import { frame as frameNamed } from "../support/identity.ts";
import { showing } from "../support/published_root.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";

/** Real frames of three grids: 280 tiles of HRRR, and those of the coarser models. */
const FRAMES: readonly (readonly [name: string, files: readonly string[]])[] = [
  ["hrrr/20260129_17z/tmp2m/0", ["hrrr/hrrr.20260129.t17z.f000.tmp2m.grib2"]],
  ["hrrr/20260129_17z/tmp2m/1", ["hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2"]],
  ["hrrr/20260129_17z/refc/1", ["hrrr/hrrr.20260129.t17z.f001.refc.grib2"]],
  ["hrrr/20260129_17z/refc/6", ["hrrr/hrrr.20260129.t17z.f006.refc.grib2"]],
  ["hrrr/20260129_17z/apcp/6", ["hrrr/hrrr.20260129.t17z.f006.apcp.grib2"]],
  ["gfs/20260129_12z/tmp2m/6", ["gfs/gfs.20260129.t12z.f006.0p25.tmp2m-and-tmp2mb.grib2"]],
  ["ecmwf/20250115_18z/tmp2m/24", ["ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2"]],
];
const MIN_TILES = 300;
const TILE_PX = 512;

/** Tiles compared so far. */
let compared = 0;

for (const [name, files] of FRAMES) {
  testWithSharedData(`the ready tiles are what the tile route draws, pixel by pixel: ${name}`, async () => {
    const frame = frameNamed(name);
    const model = findModel(frame.model);
    const geometry = modelGeometry(frame.model)!;
    const variable = findVariable(model, frame.var);
    await using folder = await tempDir();
    const roots = rootsBelow(folder.path);
    const input = await localInput(files.map(requireSharedData), variable, frame);
    await stageFrame(roots, buildFrame(frame, model, variable, input));
    await publishFrame(roots, model, frame, showing(model, folder.path));
    using app = await testApp(folder.path);
    const archive = new PMTiles(
      new BytesSource(await Deno.readFile(locate(roots, artifactPath("published", frame, "tiles")))),
    );

    const { minZoom, maxZoom, minLon, maxLat } = await archive.getHeader();
    assert.deepEqual([minZoom, maxZoom], [0, nativeZoom(geometry.grid, TILE_PX)]);
    assert.deepEqual([minLon, maxLat], [geometry.coverage.west, geometry.coverage.north]);
    const table = new Uint8Array(paletteColors(variable.palette).buffer);
    for (let z = minZoom; z <= maxZoom; z++) {
      const { firstX, lastX, firstY, lastY } = tilesOver(geometry.grid, z);
      for (let y = firstY; y <= lastY; y++) {
        for (let x = firstX; x <= lastX; x++) {
          const ready = await archive.getZxy(z, x, y);
          const response = await app.get(`/tiles/v3/${frameName(frame)}/${z}/${x}/${y}.png`);
          assert.equal(response.status, 200);
          const readyBytes = Buffer.from(ready!.data);
          const drawn = PNG.sync.read(Buffer.from(await response.arrayBuffer()));
          const read = PNG.sync.read(readyBytes);
          assert.deepEqual([read.width, read.height], [TILE_PX, TILE_PX]);
          assert.equal(Buffer.compare(read.data, drawn.data), 0, `tile ${z}/${x}/${y}`);
          assert.deepEqual(paletteOf(readyBytes), table, `the palette of tile ${z}/${x}/${y}`);
          compared++;
        }
      }
      // A tile beside the picture is not in the archive, and has no content on the route.
      if (firstX === 0) continue;
      assert.equal(await archive.getZxy(z, firstX - 1, firstY), undefined);
      assert.equal((await app.get(`/tiles/v3/${frameName(frame)}/${z}/${firstX - 1}/${firstY}.png`)).status, 204);
    }
  });
}

testWithSharedData(`at least ${MIN_TILES} ready tiles were compared`, () => {
  assert.ok(compared >= MIN_TILES, `${compared} tiles`);
});

/** Returns the entries of a PNG's palette, as red, green, blue and alpha. */
function paletteOf(png: Buffer): Uint8Array {
  const chunk = (type: string) => {
    const at = png.indexOf(type);
    return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
  };
  const [colors, alpha] = [chunk("PLTE"), chunk("tRNS")];
  return Uint8Array.from(
    { length: colors.length / 3 * 4 },
    (_, i) => i % 4 === 3 ? alpha[(i - 3) / 4] ?? 255 : colors[(i - i % 4) / 4 * 3 + i % 4]!,
  );
}
