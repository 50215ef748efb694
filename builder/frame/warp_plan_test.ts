import assert from "node:assert/strict";
import type { GeoTransform, Grid } from "../../contract/grid.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { CONUS, modelGeometry } from "../../contract/models.ts";
import { mercatorX, mercatorY } from "../../contract/projection.ts";
import type { Kind } from "../../contract/sidecar.ts";
import { gdalTool } from "../../tests/support/gdal_tools.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { type Field, field } from "../field/field.ts";
import { transformPoints } from "../gdal/coordinate_transformation.ts";
import { Dataset } from "../gdal/dataset.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { cropAround } from "../grib/crop.ts";
import type { SourceGeometry } from "../grib/geometry.ts";
import { readMessages } from "../grib/read_message.ts";
import { instant } from "../grib/message_selector.ts";
import { makeWarpPlan, warpField, type WarpPlan, warpPlanOf } from "./warp_plan.ts";
import { runId } from "../../tests/support/identity.ts";

/** The plane of the display itself, in kilometres: positions can be worked out by hand. */
const PLANE: SourceGeometry = { geoTransform: [0, 1000, 0, 0, 0, -1000], projection: "EPSG:3857" };

/** Makes a grid from its north-west corner, in metres, and its pixels to the south and east. */
function gridAt(westM: number, northM: number, pixelSizeM: number, width: number, height: number): Grid {
  return {
    westM,
    northM,
    eastM: westM + width * pixelSizeM,
    southM: northM - height * pixelSizeM,
    pixelSizeM,
    width,
    height,
  };
}

const of = (width: number, ...values: number[]) => field(width, values.length / width, Float32Array.from(values));

function warp(source: Field, grid: Grid, kind: Kind, geometry = PLANE): number[] {
  return [...warpField(source, makeWarpPlan(source, geometry, grid), kind).values];
}

function near(actual: number, expected: number, tolerance: number, what: string): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected} ± ${tolerance}`);
}

function allNear(actual: readonly number[], expected: readonly number[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => near(value, expected[i]!, tolerance, `value ${i}`));
}

/** A field of 3 × 3 cells. */
const SQUARE = of(3, 0, 1, 2, 10, 11, 12, 20, 21, 22);

Deno.test("warpField() interpolates continuous values between the centres of cells", () => {
  // Pixels of a quarter of a cell, at the height of the first row's centres: 0.5, 0.75 … cells from the west.
  const row = gridAt(375, -375, 250, 8, 1);
  allNear(warp(SQUARE, row, "continuous"), [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
  const column = gridAt(1375, -375, 250, 1, 8);
  allNear(warp(SQUARE, column, "continuous"), [1, 3.5, 6, 8.5, 11, 13.5, 16, 18.5]);
  // The value in the middle of four cells is their mean.
  allNear(warp(of(2, 0, 8, 4, 100), gridAt(875, -875, 250, 1, 1), "continuous"), [28]);
});

Deno.test("warpField() extends the outermost value to half a cell beyond its centre, and no further", () => {
  const row = gridAt(-250, -375, 250, 14, 1);
  allNear(
    warp(SQUARE, row, "continuous"),
    [
      [NaN, 0, 0, 0.125, 0.375, 0.625, 0.875],
      [1.125, 1.375, 1.625, 1.875, 2, 2, NaN],
    ].flat(),
  );
  const column = gridAt(375, 250, 250, 1, 14);
  allNear(
    warp(SQUARE, column, "continuous"),
    [
      [NaN, 0, 0, 1.25, 3.75, 6.25, 8.75],
      [11.25, 13.75, 16.25, 18.75, 20, 20, NaN],
    ].flat(),
  );
});

Deno.test("warpField() takes the cell that contains a pixel's centre for discrete values", () => {
  const row = gridAt(-250, -375, 250, 14, 1);
  assert.deepEqual(warp(SQUARE, row, "discrete"), [NaN, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, NaN]);
  const column = gridAt(375, 250, 250, 1, 14);
  assert.deepEqual(warp(SQUARE, column, "discrete"), [NaN, 0, 0, 0, 0, 10, 10, 10, 10, 20, 20, 20, 20, NaN]);
});

Deno.test("warpField() includes a pixel on the west or north edge, and excludes one on the east or south edge", () => {
  const at = (xM: number, yM: number) => warp(SQUARE, gridAt(xM - 50, yM + 50, 100, 1, 1), "discrete")[0];
  assert.deepEqual([at(0, 0), at(3000, -500), at(500, -3000), at(2999, -2999)], [0, NaN, NaN, 22]);
  // A pixel between two cells is in the eastern or southern one.
  assert.deepEqual([at(1000, -500), at(500, -1000)], [1, 10]);
});

Deno.test("warpField() interpolates up to zero in a field of two by two cells", () => {
  allNear(
    warp(of(2, -5, -5, 0, 0), gridAt(0, 0, 500, 4, 4), "continuous"),
    [
      [-5, -5, -5, -5],
      [-3.75, -3.75, -3.75, -3.75],
      [-1.25, -1.25, -1.25, -1.25],
      [0, 0, 0, 0],
    ].flat(),
  );
});

Deno.test("warpField() averages the cells that are present, by their weights", () => {
  const grid = gridAt(500, -500, 250, 2, 2); // centres 0.125 and 0.375 cells from the first cell's centre
  // The north-western cell is present, and the nearest of the four.
  allNear(warp(of(2, 8, NaN, NaN, NaN), grid, "continuous"), [8, 8, 8, 8]);
  // The mean of the north-western (0.875²) and south-eastern (0.125²) cell: (8 · 0.765625 + 16 · 0.015625) / 0.78125.
  allNear(warp(of(2, 8, NaN, NaN, 16), gridAt(500, -500, 250, 1, 1), "continuous"), [8.16]);
  allNear(warp(of(2, 8, 16, NaN, NaN), gridAt(500, -500, 250, 2, 1), "continuous"), [9, 11]);
  allNear(warp(of(2, NaN, NaN, NaN, NaN), grid, "continuous"), [NaN, NaN, NaN, NaN]);
});

Deno.test("warpField() ignores a missing cell whose weight is 0", () => {
  // The pixels are exactly on the centres of the first column's cells.
  allNear(warp(of(2, 8, NaN, 16, NaN), gridAt(375, -375, 250, 1, 5), "continuous"), [8, 10, 12, 14, 16]);
});

Deno.test("warpField() gives NaN for a discrete value exactly where its cell is missing", () => {
  const grid = gridAt(0, 0, 500, 4, 4);
  assert.deepEqual(
    warp(of(2, 1, NaN, 0, 4), grid, "discrete"),
    [
      [1, 1, NaN, NaN],
      [1, 1, NaN, NaN],
      [0, 0, 4, 4],
      [0, 0, 4, 4],
    ].flat(),
  );
});

Deno.test("warpField() is right in the last pixels of grids of any size, whatever the distance of the nodes", () => {
  const source = field(40, 30, Float32Array.from({ length: 1200 }, (_, i) => i % 40 + 100 * Math.floor(i / 40)));
  for (const [width, height] of [[1, 1], [7, 8], [8, 7], [9, 17], [16, 1], [23, 25]] as const) {
    const grid = gridAt(1250, -1250, 1000, width, height);
    const { values } = warpField(source, makeWarpPlan(source, PLANE, grid), "continuous");
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        // A pixel's centre is 1.75 + column cells from the west: 1.25 + column from the first cell's centre.
        const expected = column + 1.25 + 100 * (row + 1.25);
        near(values[row * width + column]!, expected, 1e-3, `${column}, ${row} of ${width} × ${height}`);
      }
    }
  }
});

Deno.test("warpField() gives NaN outside the source, and where no transformation exists", () => {
  const lambert: SourceGeometry = {
    geoTransform: [-2699020.14, 3000, 0, 1588193.85, 0, -3000],
    projection: "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229 +units=m +no_defs",
  };
  const source = field(1799, 1059, new Float32Array(1799 * 1059));
  for (const [lon, lat] of [[100, 40], [-97.5, -84], [0, 0], [-179, 80]] as const) {
    const grid = gridAt(mercatorX(lon), mercatorY(lat), 3000, 20, 20);
    assert.ok(warp(source, grid, "continuous", lambert).every(Number.isNaN), `${lon}, ${lat}`);
  }
});

Deno.test("warpField() refuses a field that is not on the plan's source grid", () => {
  const plan = makeWarpPlan(SQUARE, PLANE, gridAt(0, 0, 500, 4, 4));
  for (const other of [of(2, 1, 2, 3, 4), field(9, 1, SQUARE.values), field(3, 4, new Float32Array(12))]) {
    for (const kind of ["continuous", "discrete"] as const) {
      assert.throws(
        () => warpField(other, plan, kind),
        new RegExp(`^RangeError: Cannot warp a field of ${other.width} × ${other.height} by a plan for 3 × 3$`),
      );
    }
  }
});

Deno.test("warpField() returns a field of the display's shape and does not change its input", () => {
  const before = SQUARE.values.slice();
  const warped = warpField(SQUARE, makeWarpPlan(SQUARE, PLANE, gridAt(0, 0, 500, 6, 5)), "continuous");
  assert.deepEqual([warped.width, warped.height, warped.values.length], [6, 5, 30]);
  assert.deepEqual(SQUARE.values, before);
});

Deno.test("warpPlanOf() returns the same plan for the same grids, and another plan for others", () => {
  const grid = gridAt(0, 0, 500, 4, 4);
  const plan = warpPlanOf(SQUARE, PLANE, grid);
  assert.equal(warpPlanOf({ width: 3, height: 3 }, structuredClone(PLANE), { ...grid }), plan);
  const moved: SourceGeometry = { ...PLANE, geoTransform: [1000, 1000, 0, 0, 0, -1000] };
  const others: [() => WarpPlan, what: string][] = [
    [() => warpPlanOf({ width: 4, height: 3 }, PLANE, grid), "another shape"],
    [() => warpPlanOf(SQUARE, moved, grid), "another place"],
    [
      () => warpPlanOf(SQUARE, { ...PLANE, projection: "+proj=merc +a=6378137 +b=6378137 +units=km" }, grid),
      "other units",
    ],
    [() => warpPlanOf(SQUARE, PLANE, gridAt(250, 0, 500, 4, 4)), "another display"],
  ];
  for (const [make, what] of others) assert.notDeepEqual(make().cells, plan.cells, what);
  assert.deepEqual(warpPlanOf(SQUARE, PLANE, grid), plan);
});

const GFS_GEOMETRY: SourceGeometry = {
  geoTransform: [-180.125, 0.25, 0, 90.125, 0, -0.25],
  projection: "+proj=longlat +R=6371229 +no_defs",
};
const HRRR_GEOMETRY: SourceGeometry = {
  geoTransform: [-2699020.142521929, 3000, 0, 1588193.847443335, 0, -3000],
  projection: "+proj=lcc +lat_0=38.5 +lon_0=-97.5 +lat_1=38.5 +lat_2=38.5 +x_0=0 +y_0=0 +R=6371229 +units=m +no_defs",
};

/** The source grids of the models whose plans are compared with PROJ. */
const PLANS = [
  { model: "hrrr", source: { width: 1799, height: 1059 }, geometry: HRRR_GEOMETRY },
  { model: "gfs", source: { width: 1440, height: 721 }, geometry: GFS_GEOMETRY },
  { model: "ecmwf", source: { width: 1440, height: 721 }, geometry: GFS_GEOMETRY },
] as const;

for (const { model, source, geometry } of PLANS) {
  Deno.test(`makeWarpPlan() is off by less than a hundredth of a source cell on ${model}'s display grid`, () => {
    const { grid: display } = modelGeometry(model)!;
    const plan = makeWarpPlan(source, geometry, display);
    // Every 97th pixel is compared with PROJ.
    const pixels = Array.from({ length: Math.floor(plan.cells.length / 97) }, (_, i) => i * 97);
    const { x, y } = locate(pixels, display, geometry);
    let worst = 0;
    let compared = 0;
    pixels.forEach((pixel, i) => {
      const isInside = x[i]! > 0.51 && y[i]! > 0.51 && x[i]! < source.width - 0.51 && y[i]! < source.height - 0.51;
      if (!isInside) return;
      const cell = plan.cells[pixel]!;
      assert.ok(cell >= 0, `pixel ${pixel}`);
      const ours = {
        x: cell % source.width + plan.east[pixel]! + 0.5,
        y: Math.floor(cell / source.width) + plan.south[pixel]! + 0.5,
      };
      worst = Math.max(worst, Math.abs(ours.x - x[i]!), Math.abs(ours.y - y[i]!));
      compared++;
    });
    assert.ok(compared > 3000, `${compared} compared`);
    assert.ok(worst < 0.01, `${worst} cells`);
  });
}

/** Returns PROJ's positions of the centres of pixels, in cells of the source. */
function locate(pixels: readonly number[], grid: Grid, { geoTransform, projection }: SourceGeometry) {
  const x = Float64Array.from(pixels, (pixel) => grid.westM + (pixel % grid.width + 0.5) * grid.pixelSizeM);
  const y = Float64Array.from(
    pixels,
    (pixel) => grid.northM - (Math.floor(pixel / grid.width) + 0.5) * grid.pixelSizeM,
  );
  using mercator = SpatialReference.parse("EPSG:3857");
  using reference = SpatialReference.parse(projection);
  transformPoints(mercator, reference, x, y);
  const [west, dx, , north, , dy] = geoTransform;
  return { x: x.map((value) => (value - west) / dx), y: y.map((value) => (value - north) / dy) };
}

/** Returns a part of a model's display grid, with pixels in the same places; its north-west corner is near a place. */
function windowOf(model: string, lon: number, lat: number, width: number, height: number): Grid {
  const { grid: display } = modelGeometry(model)!;
  const size = display.pixelSizeM;
  return gridAt(
    Math.round(mercatorX(lon) / size) * size,
    Math.round(mercatorY(lat) / size) * size,
    size,
    width,
    height,
  );
}

/** Warps a one-band raster with gdalwarp, which transforms every pixel exactly. */
async function gdalwarp(input: string, grid: Grid, kind: Kind, folder: string): Promise<Float32Array> {
  const output = `${folder}/warped.bin`;
  await gdalTool("gdalwarp", [
    "-q",
    "-overwrite",
    "-of",
    "ENVI",
    "-ot",
    "Float32",
    "-t_srs",
    "EPSG:3857",
    "-te",
    ...[grid.westM, grid.southM, grid.eastM, grid.northM].map(String),
    "-ts",
    String(grid.width),
    String(grid.height),
    "-r",
    kind === "continuous" ? "bilinear" : "near",
    "-et",
    "0",
    // A partly covered window looks like a smaller image to gdalwarp, which would average.
    "-wo",
    "XSCALE=1",
    "-wo",
    "YSCALE=1",
    "-dstnodata",
    "nan",
    input,
    output,
  ]);
  return new Float32Array((await Deno.readFile(output)).buffer);
}

interface Comparison {
  readonly compared: number;
  readonly worst: number;
  /** Share of the compared values that differ by at most the tolerance. */
  readonly closeShare: number;
  readonly onlyOurs: number;
  readonly onlyTheirs: number;
}

function compare(
  pairs: readonly (readonly [ours: Float32Array, theirs: Float32Array])[],
  tolerance: number,
): Comparison {
  let [compared, worst, close, onlyOurs, onlyTheirs] = [0, 0, 0, 0, 0];
  for (const [ours, theirs] of pairs) {
    assert.equal(ours.length, theirs.length);
    ours.forEach((value, i) => {
      const their = theirs[i]!;
      if (Number.isNaN(value) || Number.isNaN(their)) {
        if (!Number.isNaN(value)) onlyOurs++;
        if (!Number.isNaN(their)) onlyTheirs++;
        return;
      }
      const difference = Math.abs(value - their);
      compared++;
      worst = Math.max(worst, difference);
      if (difference <= tolerance) close++;
    });
  }
  return { compared, worst, closeShare: close / compared, onlyOurs, onlyTheirs };
}

interface RealField {
  readonly model: string;
  readonly path: string;
  readonly band: number;
  readonly run: string;
  readonly hour: number;
  /** North-west corners of windows: inside the source, and across each of its edges if it has any. */
  readonly places: readonly (readonly [lon: number, lat: number])[];
}

const REAL_FIELDS: readonly RealField[] = [
  {
    model: "hrrr",
    path: "hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2",
    band: 1,
    run: "20260129_17z",
    hour: 1,
    places: [[-134, 53], [-100, 40], [-63, 47], [-74.5, 26], [-122, 23]],
  },
  {
    model: "gfs",
    path: "gfs/gfs.20260129.t12z.f006.0p25.tmp2m-and-tmp2mb.grib2",
    band: 2,
    run: "20260129_12z",
    hour: 6,
    places: [[-134, 53], [-100, 40], [-75, 30]],
  },
];

for (const { model, path, band, run, hour, places } of REAL_FIELDS) {
  testWithSharedData(`warpField() matches gdalwarp for a real field of ${model}`, async () => {
    await using folder = await tempDir();
    const file = requireSharedData(path);
    const [message] = readMessages(file, [{
      selector: instant("TMP", "2 m above ground"),
      run: runId(run),
      lead: leadOfHours(hour),
    }]);
    // The source is the part of the field that a frame is made from.
    const { field: source, geometry } = cropAround(message!.field, message!.geometry, CONUS);
    const input = `${folder.path}/band.tif`;
    await gdalTool("gdal_translate", ["-q", "-b", String(band), file, input], { env: { GRIB_NORMALIZE_UNITS: "NO" } });
    const pairs = { continuous: [] as [Float32Array, Float32Array][], discrete: [] as [Float32Array, Float32Array][] };
    for (const [lon, lat] of places) {
      const grid = windowOf(model, lon, lat, 200, 160);
      const plan = makeWarpPlan(source, geometry, grid);
      for (const kind of ["continuous", "discrete"] as const) {
        pairs[kind].push([warpField(source, plan, kind).values, await gdalwarp(input, grid, kind, folder.path)]);
      }
    }
    const pixels = places.length * 200 * 160;
    const continuous = compare(pairs.continuous, 1e-3);
    assert.ok(continuous.compared > pixels / 3, JSON.stringify(continuous));
    // 93 to 99 % are within 0.001 K; the others lie where the field changes by 1 K in a tenth of a cell.
    assert.ok(continuous.closeShare >= 0.9 && continuous.worst < 0.02, JSON.stringify(continuous));
    // GDAL's decoder may round a value to the next float32; the packing's steps are a hundred times as large.
    const discrete = compare(pairs.discrete, 1e-4);
    assert.ok(discrete.closeShare >= 0.999, JSON.stringify(discrete));
    // A pixel exactly on the edge may be inside or outside.
    for (const { onlyOurs, onlyTheirs } of [continuous, discrete]) assert.ok(onlyOurs + onlyTheirs <= 3);
    const hasEdges = compare(pairs.continuous, 0).compared < pixels;
    assert.equal(hasEdges, model === "hrrr");
  });
}

/** A field of 24 × 20 degrees with a quarter of its cells missing, the same in each run. */
function holedField(): { field: Field; geometry: SourceGeometry } {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const values = Float32Array.from({ length: 480 }, () => random() < 0.25 ? NaN : random());
  // A block of missing cells, with one present cell in its middle.
  for (let row = 8; row < 13; row++) values.fill(NaN, row * 24 + 5, row * 24 + 10);
  values[10 * 24 + 7] = 0.5;
  const geoTransform: GeoTransform = [-110, 1, 0, 50, 0, -1];
  return { field: field(24, 20, values), geometry: { geoTransform, projection: "+proj=longlat +R=6371229 +no_defs" } };
}

function writeGeoTiff({ field, geometry }: ReturnType<typeof holedField>, path: string): void {
  using reference = SpatialReference.parse(geometry.projection);
  using dataset = Dataset.inMemory({
    ...field,
    bandCount: 1,
    type: "Float32",
    geoTransform: geometry.geoTransform,
    spatialReference: reference,
  });
  dataset.band(1).setNoData(NaN);
  dataset.band(1).write(field.values);
  dataset.copyTo(path, "GTiff", {});
}

Deno.test("warpField() matches gdalwarp for a field with missing cells", async () => {
  await using folder = await tempDir();
  const holed = holedField();
  writeGeoTiff(holed, `${folder.path}/holed.tif`);
  const { field: source, geometry } = holed;
  // The grid reaches from outside the north-western corner to outside the south-eastern one.
  const grid = gridAt(mercatorX(-111.5), mercatorY(51), 9000, 350, 330);
  const plan = makeWarpPlan(source, geometry, grid);
  const warped = async (kind: Kind) =>
    [
      warpField(source, plan, kind).values,
      await gdalwarp(`${folder.path}/holed.tif`, grid, kind, folder.path),
    ] as const;
  const [ours, theirs] = await warped("continuous");
  const [ourCells, theirCells] = await warped("discrete");
  assert.deepEqual(ourCells, theirCells);
  const { compared, worst, onlyOurs, onlyTheirs } = compare([[ours, theirs]], 0);
  assert.ok(compared > 50_000);
  // Neighbours differ by up to 1, and positions by a thousandth of a cell.
  assert.ok(worst < 2e-3, String(worst));
  assert.deepEqual([onlyOurs, onlyTheirs], [0, 0]);
  const corners = [0, 349, 329 * 350, 329 * 350 + 349];
  for (const corner of corners) assert.ok(Number.isNaN(ours[corner]) && Number.isNaN(theirs[corner]), "outside");
});
