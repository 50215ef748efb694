import assert from "node:assert/strict";
import { CCSDS_MESSAGE } from "../../tests/support/ccsds_message.ts";
import { eccodesValues } from "../../tests/support/eccodes_values.ts";
import { gdalTool as tool } from "../../tests/support/gdal_tools.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { Dataset } from "../gdal/dataset.ts";
import { decodeField } from "./decode_field.ts";
import { fieldHeaders } from "./field_header.ts";
import { gridGeometry } from "./grid_geometry.ts";
import { BadGribError } from "./messages.ts";

function readFirst(message: Uint8Array<ArrayBuffer>) {
  const header = fieldHeaders(message, "a message")[0]!;
  return { field: decodeField(message, header, "a message"), geometry: gridGeometry(header.grid) };
}

Deno.test("decodeField() reads the CCSDS values and the geometry of a synthetic message", () => {
  const { field, geometry } = readFirst(CCSDS_MESSAGE);
  assert.deepEqual([field.width, field.height], [8, 8]);
  assert.equal(Math.min(...field.values), 270);
  assert.equal(Math.max(...field.values), 299);
  assert.match(geometry.projection, /\+proj=longlat/);
});

Deno.test("decodeField() refuses damaged data, a count that is not the grid's, and an unsupported grid", () => {
  const changed = (at: number, byte: number) => {
    const message = CCSDS_MESSAGE.slice();
    message[at] = byte;
    return message;
  };
  const packs = /63 packed values, expected 64/;
  assert.throws(
    () => readFirst(changed(148 + 8, 63)),
    (error) => error instanceof BadGribError && packs.test(error.message),
  );
  assert.throws(() => readFirst(changed(42 + 71, 0x80)), /scanning mode 0x80, expected/);
  assert.throws(() => readFirst(changed(148 + 19, 33)), /33 bits a value, expected at most 32/);
  // A section 7 with a shorter length ends the data early.
  const short = CCSDS_MESSAGE.slice();
  short[179 + 3] = 30;
  assert.throws(() => readFirst(short), BadGribError);
});

Deno.test("decodeField() survives any byte in section 5, also parameters by which libaec would divide", () => {
  const section5 = 148;
  for (let at = section5 + 9; at < section5 + 25; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const message = CCSDS_MESSAGE.slice();
      message[at] = byte;
      try {
        readFirst(message);
      } catch (error) {
        assert.ok(error instanceof BadGribError, `byte ${at} is ${byte}: ${error}`);
      }
    }
  }
  const changed = CCSDS_MESSAGE.slice();
  changed[section5 + 22] = 0;
  assert.throws(() => readFirst(changed), /CCSDS blocks of 0 samples, expected 8, 16, 32, 64/);
});

/** ECMWF's real files, compared with ecCodes, which has its own scaling and bitmap around the same entropy decoder. */
const FILES = ["ecmwf.20250115.t18z.f024.0p25.msl-2t", "ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn"];

for (const name of FILES) {
  testWithSharedData(`decodeField() returns the values that ecCodes reads from ${name}`, async () => {
    await using folder = await tempDir();
    const path = requireSharedData(`ecmwf/${name}.grib2`);
    const bytes = await Deno.readFile(path);
    const theirs = await eccodesValues(path, folder.path);
    for (const [i, header] of fieldHeaders(bytes, path).entries()) {
      const field = decodeField(bytes, header, name);
      assert.deepEqual([field.width, field.height], [1440, 721]);
      assert.deepEqual(field.values, Float32Array.from(theirs[i]!));
    }
  });
}

testWithSharedData(
  "decodeField() agrees with GDAL on a real field that ecCodes packed again with simple packing",
  async () => {
    await using folder = await tempDir();
    const path = requireSharedData("ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2");
    const simple = `${folder.path}/simple.grib2`;
    await tool("grib_set", ["-r", "-s", "packingType=grid_simple", path, simple]);
    const bytes = await Deno.readFile(path);
    using dataset = Dataset.open(simple, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
    for (const [i, header] of fieldHeaders(bytes, path).entries()) {
      const field = decodeField(bytes, header, path);
      const geometry = gridGeometry(header.grid);
      dataset.geoTransform.forEach((coefficient, k) =>
        assert.ok(
          // GDAL is configured to keep longitudes, and has the first column at 180° where the project has −180°.
          Math.abs(coefficient - geometry.geoTransform[k]! - (k === 0 ? 360 : 0)) < 1e-9,
          String(dataset.geoTransform),
        )
      );
      const theirs = dataset.band(i + 1).read(new Float32Array(field.values.length));
      const worst = theirs.reduce((most, value, at) => Math.max(most, Math.abs(value - field.values[at]!)), 0);
      assert.ok(worst < 0.02, String(worst)); // half a step of the simple packing
    }
  },
);
