import assert from "node:assert/strict";
import { geoTransform, type Grid } from "../../contract/grid.ts";
import { testWithDebian } from "../../tests/support/debian_programs.ts";
import { gdalTool } from "../../tests/support/gdal_tools.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { type Field, field } from "../field/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { joinCrossings } from "./join_crossings.ts";
import { MarchingSquares } from "./marching_squares.ts";
import { smoothRows } from "./smooth.ts";

/**
 * Contours compared with those of GDAL's program on the same smoothed field. GDAL traces half a pixel beyond the outer
 * points, and half a pixel into a cell with a missing corner, where it may go on around the corner: a line of GDAL is
 * then several lines here.
 */

const [WIDTH, HEIGHT] = [260, 190];
const PIXEL_M = 3000;
const GRID: Grid = {
  westM: 0,
  northM: 0,
  eastM: WIDTH * PIXEL_M,
  southM: -HEIGHT * PIXEL_M,
  pixelSizeM: PIXEL_M,
  width: WIDTH,
  height: HEIGHT,
};
const LEVELS = [-30, -12.5, -5, 0, 5, 10, 20, 32];
/** Largest distance of a vertex from GDAL's, in pixels. */
const TOLERANCE_PX = 1e-3;

interface Line {
  readonly level: number;
  /** Positions in pixels: the first point of the field is at 0, 0. */
  readonly vertices: readonly (readonly [x: number, y: number])[];
}

/** Makes a field of hills, valleys and saddles of many sizes, smoothed. */
function hills(isMissing: (column: number, row: number) => boolean): Field {
  const values = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    if (isMissing(x, y)) return NaN;
    return 20 * Math.sin(x / 17) * Math.cos(y / 13) + 12 * Math.sin((x + 2 * y) / 31) + 6 * Math.sin(x / 5 - y / 6);
  });
  let row = 0;
  const smooth = new Float32Array(values.length);
  smoothRows(field(WIDTH, HEIGHT, values), 2, (values) => smooth.set(values, row++ * WIDTH));
  return field(WIDTH, HEIGHT, smooth);
}

function ownLines({ values }: Field): Line[] {
  const squares = new MarchingSquares(WIDTH, LEVELS);
  for (let row = 0; row < HEIGHT; row++) squares.addRow(values.subarray(row * WIDTH, (row + 1) * WIDTH));
  const { x, y, starts, levels } = joinCrossings(squares.crossings);
  return Array.from(levels, (level, line) => ({
    level,
    vertices: Array.from(x.subarray(starts[line], starts[line + 1]), (x, i) => [x, y[starts[line]! + i]!] as const),
  }));
}

async function gdalLines(source: Field): Promise<Line[]> {
  await using folder = await tempDir();
  const [raster, output] = [`${folder.path}/smooth.tif`, `${folder.path}/contours.json`];
  {
    using mercator = SpatialReference.parse("EPSG:3857");
    using dataset = Dataset.inMemory({
      ...source,
      bandCount: 1,
      type: "Float32",
      geoTransform: geoTransform(GRID),
      spatialReference: mercator,
    });
    dataset.band(1).setNoData(NaN);
    dataset.band(1).write(source.values);
    dataset.copyTo(raster, "GTiff", {});
  }
  const levels = ["-fl", ...LEVELS.map(String)];
  // `-fl` takes all numbers that follow: it comes last.
  await gdalTool("gdal_contour", ["-q", raster, output, "-f", "GeoJSON", "-a", "level", ...levels]);
  const { features } = JSON.parse(await Deno.readTextFile(output)) as {
    features: { properties: { level: number }; geometry: { coordinates: [number, number][] } }[];
  };
  return features.map(({ properties: { level }, geometry: { coordinates } }) => ({
    level,
    vertices: coordinates.map(([x, y]) => [x / PIXEL_M - 0.5, -y / PIXEL_M - 0.5] as const),
  }));
}

/** Finds, for each of the lines, the indexes of the others that have a vertex of the same level at the same place. */
function matches(
  lines: readonly Line[],
  others: readonly Line[],
): { of: Set<number>; unmatched: [number, number][] }[] {
  const name = (level: number, x: number, y: number) => `${level}: ${Math.round(x)}, ${Math.round(y)}`;
  const near = new Map<string, { x: number; y: number; line: number }[]>();
  others.forEach(({ level, vertices }, line) => {
    for (const [x, y] of vertices) {
      const key = name(level, x, y);
      near.set(key, [...near.get(key) ?? [], { x, y, line }]);
    }
  });
  return lines.map(({ level, vertices }) => {
    const of = new Set<number>();
    const unmatched: [number, number][] = [];
    for (const [x, y] of vertices) {
      const around = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => name(level, x + dx, y + dy)));
      const found = around.flatMap((key) => near.get(key) ?? [])
        .find((other) => Math.hypot(other.x - x, other.y - y) <= TOLERANCE_PX);
      if (found) of.add(found.line);
      else unmatched.push([x, y]);
    }
    return { of, unmatched };
  });
}

testWithDebian(["gdal_contour"], "contours of a whole field are those of gdal_contour, line by line", async () => {
  const source = hills(() => false);
  const [own, theirs] = [ownLines(source), await gdalLines(source)];
  assert.ok(own.length > 50, `${own.length} lines`);
  assert.equal(own.length, theirs.length);
  const found = matches(own, theirs);
  for (const { of, unmatched } of found) assert.deepEqual([of.size, unmatched], [1, []]);
  assert.equal(new Set(found.flatMap(({ of }) => [...of])).size, theirs.length);
  // What GDAL has besides lies beyond the outer points.
  for (const [x, y] of matches(theirs, own).flatMap(({ unmatched }) => unmatched)) {
    const beyond = Math.max(-x, x - (WIDTH - 1), -y, y - (HEIGHT - 1));
    assert.ok(Math.abs(beyond - 0.5) <= TOLERANCE_PX, `${x}, ${y}`);
  }
});

testWithDebian(
  ["gdal_contour"],
  "contours beside missing values are those of gdal_contour in whole cells",
  async () => {
    const source = hills((x, y) => x < y / 4 || Math.hypot(x - 150, y - 80) < 24 || x === 220 && y === 40);
    const [own, theirs] = [ownLines(source), await gdalLines(source)];
    const found = matches(own, theirs);
    for (const { of, unmatched } of found) assert.deepEqual([of.size, unmatched], [1, []]);
    const isMissing = (x: number, y: number) =>
      x < 0 || x >= WIDTH || Number.isNaN(source.values[y * WIDTH + x] ?? NaN);
    for (const [x, y] of matches(theirs, own).flatMap(({ unmatched }) => unmatched)) {
      const [west, north] = [Math.floor(x), Math.floor(y)];
      const isBeside = [-1, 0, 1, 2].some((dx) => [-1, 0, 1, 2].some((dy) => isMissing(west + dx, north + dy)));
      assert.ok(isBeside, `${x}, ${y} is not beside a missing value`);
    }
  },
);
