import assert from "node:assert/strict";
import { Dataset } from "../../builder/gdal/dataset.ts";
import { MemoryFile } from "../../builder/gdal/memory_file.ts";
import { decodeField } from "../../builder/grib/decode_field.ts";
import { type FieldHeader, fieldHeaders } from "../../builder/grib/field_header.ts";
import { isFromSouth, unreadableGrid } from "../../builder/grib/grid_definition.ts";
import { COMPLEX, COMPLEX_DIFFERENCED, resolutionOf, SIMPLE } from "../../builder/grib/packing.ts";
import { unpackComplex } from "../../builder/grib/unpack_complex.ts";
import { eccodesValues } from "../support/eccodes_values.ts";
import { gateCases } from "../support/gate_cases.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { filesUnder, tempDir } from "../support/temp_dir.ts";

/**
 * Every value of every real message, compared with ecCodes, which has its own reader of each packing. ecCodes computes
 * in double precision: the nearest float32 is expected, far closer than half a step of the packing.
 */

/** Files whose fields are on grids that are not read here, in packings that GDAL decodes. */
const NOT_READ = /^mrms\/|^other\/hrdps/;
/** Half of the distance between neighbouring float32 numbers is at most this share of a number. */
const HALF_FLOAT32 = 2 ** -24;
/** ecCodes' own rounding in double precision. */
const DOUBLE = 1e-9;

type Bytes = Uint8Array<ArrayBuffer>;

testWithSharedData(
  "decodeField() has the float32 nearest to ecCodes' value in every cell of real messages",
  async (t) => {
    const files = (await filesUnder(requireSharedData(""))).filter((path) => path.endsWith(".grib2"));
    await using folder = await tempDir();
    for (const file of gateCases(files.filter((path) => !NOT_READ.test(path)), 3)) {
      await t.step(file, async () => {
        const path = requireSharedData(file);
        const bytes = await Deno.readFile(path);
        const theirs = await eccodesValues(path, folder.path);
        const headers = fieldHeaders(bytes, path);
        assert.equal(theirs.length, headers.length);
        headers.forEach((header, i) => {
          const what = `field ${i + 1}`;
          const { values, rows } = valuesInMessageOrder(bytes, header);
          requireNearest(values, theirs[i]!, resolutionOf(header.packing), what);
          if (rows !== null && [SIMPLE, COMPLEX, COMPLEX_DIFFERENCED].includes(header.packing.template)) {
            requireNoCloser(rows(gdalValues(bytes, header)), values, theirs[i]!, what);
          }
        });
      });
    }
  },
);

/**
 * Returns the values in the order that ecCodes has them in, and a function that puts rows from the north into this
 * order: null for a grid that `decodeField` refuses, where the values are unpacked without it.
 */
function valuesInMessageOrder(
  bytes: Bytes,
  header: FieldHeader,
): { values: Float32Array; rows: ((northUp: Float32Array) => Float32Array) | null } {
  const { grid, span } = header;
  if (unreadableGrid(grid) !== null) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + span.start, span.length);
    return { values: unpackComplex(view, header), rows: null };
  }
  const fromSouth = grid.kind !== "unknown" && isFromSouth(grid);
  const rows = (northUp: Float32Array) =>
    northUp.map((_, i) => {
      const row = Math.floor(i / grid.width);
      return northUp[(fromSouth ? grid.height - 1 - row : row) * grid.width + i % grid.width]!;
    });
  return { values: rows(decodeField(bytes, header, "a message").values), rows };
}

function requireNearest(ours: Float32Array, theirs: Float64Array, step: number, what: string): void {
  assert.equal(ours.length, theirs.length, what);
  for (let i = 0; i < ours.length; i++) {
    const [value, expected] = [ours[i]!, theirs[i]!];
    if (Number.isNaN(value) && Number.isNaN(expected)) continue;
    const difference = Math.abs(value - expected);
    const tolerance = HALF_FLOAT32 * Math.abs(expected) + DOUBLE * step;
    assert.ok(difference <= tolerance, `${what}, cell ${i}: ${value}, expected ${expected} ± ${tolerance}`);
  }
}

function requireNoCloser(gdal: Float32Array, ours: Float32Array, theirs: Float64Array, what: string): void {
  let closer = 0;
  for (let i = 0; i < ours.length; i++) {
    if (Math.abs(gdal[i]! - theirs[i]!) < Math.abs(ours[i]! - theirs[i]!)) closer++;
  }
  assert.equal(closer, 0, `${what}: cells in which GDAL is closer to ecCodes`);
}

function gdalValues(bytes: Bytes, { span, index, grid: { width, height } }: FieldHeader): Float32Array {
  using memory = MemoryFile.of(bytes.subarray(span.start, span.start + span.length), "grib2");
  using dataset = Dataset.open(memory.path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
  return dataset.band(index + 1).read(new Float32Array(width * height));
}
