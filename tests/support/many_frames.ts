import { modelGrid } from "../../contract/grid.ts";
import { MemoryFile } from "../../builder/gdal/memory_file.ts";
import { Dataset } from "../../builder/gdal/dataset.ts";
import { SpatialReference } from "../../builder/gdal/spatial_reference.ts";
import { warpField, warpPlanOf } from "../../builder/frame/warp_plan.ts";
import { writeRgbaCog } from "../../builder/cog/rgba_cog.ts";
import { writeValueCog } from "../../builder/cog/value_cog.ts";
import { framePyramid } from "../../builder/frame/pyramid.ts";
import { paletteColors } from "../../builder/style/palette_numbers.ts";
import { NWS_TEMPERATURE_F } from "../../builder/style/nws_palettes.ts";
import { allocatedBytes } from "./allocated_bytes.ts";
import { collectGarbage } from "./collect_garbage.ts";

const FRAMES = 1200;
const LOOK_EVERY = 50;
const FREEING_MS = 100;
/** Number of readings at the beginning, and at the end, that are compared. */
const LOOKS = 6;
const SOURCE_SIZE = 64;

/**
 * A program with its own memory: opens, reads, warps, writes and closes many frames, and prints the growth of native
 * allocations in bytes. V8 frees collected memory at a time of its choice: the least of several readings counts.
 */

/** A box of a few degrees: frames of 16 × 16 pixels, so that thousands of them take seconds. */
const display = modelGrid({ westM: -400_000, southM: 4_000_000, eastM: 400_000, northM: 4_800_000 }, 50_000, 1);

function sourceFile(): MemoryFile {
  using reference = SpatialReference.parse("EPSG:4326");
  using dataset = Dataset.inMemory({
    width: SOURCE_SIZE,
    height: SOURCE_SIZE,
    bandCount: 1,
    type: "Float32",
    geoTransform: [-4, 0.125, 0, 42, 0, -0.125],
    spatialReference: reference,
  });
  dataset.band(1).write(Float32Array.from({ length: SOURCE_SIZE ** 2 }, (_, i) => i % 120));
  const file = new MemoryFile("tif");
  dataset.copyTo(file.path, "GTiff", {});
  return file;
}

function buildSmallFrame(path: string): void {
  using dataset = Dataset.open(path, { drivers: ["GTiff"] });
  using reference = dataset.spatialReference();
  const values = dataset.band(1).read(new Float32Array(dataset.width * dataset.height));
  const field = { width: dataset.width, height: dataset.height, values };
  const geometry = { geoTransform: dataset.geoTransform, projection: reference.toProj4() };
  const warped = warpField(field, warpPlanOf(field, geometry, display), "continuous");
  const pyramid = framePyramid(warped, display, { kind: "continuous", palette: NWS_TEMPERATURE_F, rounding: 0.125 });
  const rgba = writeRgbaCog(pyramid.map(({ picture }) => picture), paletteColors(NWS_TEMPERATURE_F), display).bytes;
  const value = writeValueCog(pyramid.map(({ values }) => values), display).bytes;
  if (rgba.length === 0 || value.length === 0) throw new Error("a COG is empty");
}

using source = sourceFile();
const looks: number[] = [];
for (let frame = 1; frame <= FRAMES; frame++) {
  buildSmallFrame(source.path);
  if (frame % LOOK_EVERY !== 0) continue;
  // Another thread frees the buffers that were collected.
  collectGarbage();
  await new Promise((wake) => setTimeout(wake, FREEING_MS));
  looks.push(allocatedBytes());
}
const [before, after] = [looks.slice(1, 1 + LOOKS), looks.slice(-LOOKS)].map((some) => Math.min(...some));
Deno.stdout.writeSync(new TextEncoder().encode(String(after! - before!)));
