import assert from "node:assert/strict";
import { packMessage } from "../../tests/support/packed_message.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { ecmwf } from "../models/ecmwf.ts";
import { gfs } from "../models/gfs.ts";
import { GLOBAL_025, NCEP_CONUS_3KM } from "../models/grids.ts";
import { hrrr } from "../models/hrrr.ts";
import { lambertToLonLat } from "../../demo/weather/hrrr_grid.ts";
import { decodeField } from "./decode_field.ts";
import { type FieldHeader, fieldHeaders } from "./field_header.ts";
import { gridDifference, type LatLonGrid, unreadableGrid } from "./grid_definition.ts";
import { gridGeometry } from "./grid_geometry.ts";
import { BadGribError } from "./messages.ts";

const REAL = [
  { model: hrrr, file: "hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2" },
  { model: gfs, file: "gfs/gfs.20260129.t12z.f006.0p25.tmp2m-and-tmp2mb.grib2" },
  { model: ecmwf, file: "ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2" },
] as const;

/**
 * Octets of section 3 that do not affect the position of a point: the radius of an earth whose shape defines it, the
 * southern pole of a Lambert plane, the subdivisions when there is no basic angle. The number of points (octets 7–10)
 * is compared with width and height elsewhere.
 */
const MEANINGLESS: Readonly<Record<string, readonly [first: number, last: number][]>> = {
  "Lambert conformal": [[1, 12], [16, 30], [74, 81]],
  "latitude/longitude": [[1, 12], [16, 30], [43, 46]],
};

for (const { model, file } of REAL) {
  testWithSharedData(
    `gridDifference() accepts the grid of ${model.id}'s real messages, and refuses it with any bit flipped`,
    async () => {
      const bytes = await Deno.readFile(requireSharedData(file));
      const [header] = fieldHeaders(bytes, file);
      const { grid: expected } = model.messages;
      assert.equal(gridDifference(header!.grid, expected), null);
      const at = header!.span.start + header!.sections.grid;
      const length = new DataView(bytes.buffer).getUint32(at);
      let flips = 0;
      for (let octet = 1; octet <= length; octet++) {
        if (MEANINGLESS[expected.kind]!.some(([first, last]) => octet >= first && octet <= last)) continue;
        for (let bit = 0; bit < 8; bit++) {
          const message = bytes.slice();
          message[at + octet - 1]! ^= 1 << bit;
          const [{ grid }] = fieldHeaders(message, file) as [FieldHeader];
          flips++;
          if (gridDifference(grid, expected) !== null) continue;
          // −0° is 0°, and −180° is 180°: different bits for the same positions.
          assert.deepEqual(gridGeometry(grid), gridGeometry(header!.grid), `bit ${bit} of octet ${octet}`);
        }
      }
      assert.ok(flips > 300);
    },
  );
}

Deno.test("gridDifference() names the found and the expected value", () => {
  const differs = (change: Partial<typeof NCEP_CONUS_3KM>, words: RegExp) =>
    assert.match(gridDifference({ ...NCEP_CONUS_3KM, ...change }, NCEP_CONUS_3KM)!, words);
  differs({ centralLonDeg: 262.500001 }, /^central meridian 262.500001°, expected 262.5°$/);
  differs({ scanningMode: 0x10 }, /^scanning mode 0x10, expected 0x40$/);
  differs({ stepXM: 3000.001 }, /^step in x 3000.001 m, expected 3000 m$/);
  differs({ earth: "+R=6371200" }, /^earth "\+R=6371200", expected "\+R=6371229"$/);
  differs({ width: 1807 }, /^1807 × 1059 points, expected 1799 × 1059$/);
  const icosahedral = { kind: "unknown", template: 101, width: 1, height: 1 } as const;
  assert.equal(
    gridDifference(icosahedral, GLOBAL_025),
    "grid template 101 (icosahedral, unstructured), expected 0 (latitude/longitude)",
  );
});

Deno.test("gridDifference() is null when a global grid begins at another of its longitudes", () => {
  const from = (firstLonDeg: number, lastLonDeg: number): LatLonGrid => ({ ...GLOBAL_025, firstLonDeg, lastLonDeg });
  for (const [first, last] of [[0, 359.75], [180, 179.75], [20, 19.75], [-180, 179.75], [-100, 259.75]] as const) {
    assert.equal(gridDifference(from(first, last), GLOBAL_025), null, String(first));
  }
  assert.match(gridDifference(from(20, 359.75), GLOBAL_025)!, /^longitude of the last point 359.75°, expected 19.75°$/);
  assert.match(gridDifference(from(0.1, 359.85), GLOBAL_025)!, /^longitude of the first point 0.1°, expected 0°$/);
  assert.match(gridDifference(from(360, 359.75), GLOBAL_025)!, /longitude of the first point 360°/);
});

Deno.test("unreadableGrid() refuses a grid with too many or too few points", () => {
  const of = (width: number, height: number) => unreadableGrid({ ...NCEP_CONUS_3KM, width, height });
  assert.equal(of(1799, 1059), null);
  assert.match(of(1799 + 2 ** 27, 1059)!, /points, expected at most 32000000 in all$/);
  assert.match(of(2 ** 32 - 1, 2 ** 32 - 1)!, /expected at most/);
  assert.match(of(1, 1059)!, /expected at least 2 × 2$/);
});

const [WIDTH, HEIGHT] = [7, 5];
const VALUES = Array.from({ length: WIDTH * HEIGHT }, (_, i) => 1000 + i * 10);

/** Returns the first point of a small grid on HRRR's plane, by the inverse of its projection. */
function corner(fromNorth: boolean): { firstLatDeg: number; firstLonDeg: number } {
  const { lonDeg, latDeg } = lambertToLonLat(30_000, 60_000 + (fromNorth ? (HEIGHT - 1) * 3000 : 0));
  return { firstLatDeg: Math.round(latDeg * 1e6) / 1e6, firstLonDeg: Math.round((lonDeg + 360) * 1e6) / 1e6 };
}

/** Reads the geometry of a message, and its values with row 0 in the north. */
function read(message: Uint8Array<ArrayBuffer>) {
  const [header] = fieldHeaders(message, "a message");
  return { geometry: gridGeometry(header!.grid), values: [...decodeField(message, header!, "a message").values] };
}

const northUp = (values: readonly number[]) =>
  Array.from({ length: HEIGHT }, (_, row) => values.slice((HEIGHT - 1 - row) * WIDTH, (HEIGHT - row) * WIDTH)).flat();

for (const plane of ["latitude/longitude", "Lambert"] as const) {
  Deno.test(`decodeField() reads a ${plane} grid from north or south, and refuses other scanning modes`, () => {
    const packed = { width: WIDTH, height: HEIGHT, packing: "simple", values: VALUES, missing: "none" } as const;
    const of = (scanningMode: number) =>
      packMessage({
        ...packed,
        scanningMode,
        ...(plane === "Lambert" ? { lambert: corner((scanningMode & 0x40) === 0) } : {}),
      });
    const south = read(of(0x40));
    const north = read(of(0x00));
    assert.deepEqual(north.values, VALUES);
    assert.deepEqual(south.values, northUp(VALUES));
    // Both grids cover the same part of the plane.
    north.geometry.geoTransform.forEach((coefficient, i) =>
      assert.ok(Math.abs(coefficient - south.geometry.geoTransform[i]!) < 0.2, `${north.geometry.geoTransform}`)
    );
    if (plane === "Lambert") {
      assert.ok(Math.abs(north.geometry.geoTransform[0] - 28_500) < 0.2, String(north.geometry.geoTransform));
      assert.ok(Math.abs(north.geometry.geoTransform[3] - 73_500) < 0.2, String(north.geometry.geoTransform));
    }
    for (let mode = 0; mode < 256; mode += 16) {
      if (mode === 0x00 || mode === 0x40) continue;
      const name = `scanning mode 0x${mode.toString(16)}`;
      assert.throws(
        () => read(of(mode)),
        (error) => error instanceof BadGribError && error.message.includes(`${name}, expected rows from the west`),
        name,
      );
    }
  });
}
