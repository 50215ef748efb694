import type { Grid } from "../../contract/grid.ts";
import type { Kind } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { transformPoints } from "../gdal/coordinate_transformation.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import type { SourceGeometry } from "../grib/geometry.ts";

/**
 * Position of each pixel of a display grid in a source grid. The plan is the same for every frame of a model, and
 * computing it is most of a warp's work, so it is made once and kept.
 *
 * Problem: PROJ takes a second for the four million pixels of a frame. Solution, the same as gdalwarp's: coordinates
 * are computed at nodes and interpolated between them. Nodes are 8 pixels apart, where the interpolation error is less
 * than a hundredth of a source pixel; gdalwarp allows an eighth. `bench/warp.ts` and `warp_plan_test.ts` compare.
 */
export interface WarpPlan {
  readonly source: { readonly width: number; readonly height: number };
  readonly target: { readonly width: number; readonly height: number };
  /** The north-west cell of the four source cells around each pixel, or −1 outside the source grid. */
  readonly cells: Int32Array;
  /** Position of each pixel between the centre of that cell and the next cell's, to the east and south, 0 to 1. */
  readonly east: Float32Array;
  readonly south: Float32Array;
  /** Share of the target's pixels that lie in the source grid. */
  readonly reachedShare: number;
}

const NODE_STEP_PX = 8;

/** @throws GdalError when no transformation exists from the target's reference system to the source's */
export function makeWarpPlan(
  source: { readonly width: number; readonly height: number },
  geometry: SourceGeometry,
  grid: Grid,
): WarpPlan {
  const { width, height } = grid;
  const nodes = locateNodes(geometry, grid);
  const cells = new Int32Array(width * height).fill(-1);
  const east = new Float32Array(width * height);
  const south = new Float32Array(width * height);
  const rowX = new Float64Array(nodes.columns);
  const rowY = new Float64Array(nodes.columns);
  const places = { source, target: { width, height }, cells, east, south };
  let reached = 0;
  for (let row = 0; row < height; row++) {
    interpolateRow(nodes, row, rowX, rowY);
    reached += planRow(places, row, rowX, rowY);
  }
  return { ...places, reachedShare: reached / cells.length };
}

/**
 * Plans a row of pixels.
 * @param rowX @param rowY coordinates at each column of nodes
 * @returns number of pixels that lie in the source grid
 */
function planRow(
  { source, target, cells, east, south }: Omit<WarpPlan, "reachedShare">,
  row: number,
  rowX: Float64Array,
  rowY: Float64Array,
): number {
  let reached = 0;
  const [lastCellX, lastCellY] = [source.width - 2, source.height - 2];
  for (let column = 0; column < target.width; column++) {
    const node = Math.floor(column / NODE_STEP_PX);
    const share = (column % NODE_STEP_PX) / NODE_STEP_PX;
    const x = rowX[node]! + (rowX[node + 1]! - rowX[node]!) * share;
    const y = rowY[node]! + (rowY[node + 1]! - rowY[node]!) * share;
    if (!(x >= 0 && y >= 0 && x < source.width && y < source.height)) continue; // outside, or not transformable
    const at = row * target.width + column;
    // Within half a cell of the source's edge only its outermost cells count.
    const centreX = Math.min(Math.max(x - 0.5, 0), lastCellX + 1);
    const centreY = Math.min(Math.max(y - 0.5, 0), lastCellY + 1);
    const cellX = Math.min(Math.floor(centreX), lastCellX);
    const cellY = Math.min(Math.floor(centreY), lastCellY);
    cells[at] = cellY * source.width + cellX;
    east[at] = centreX - cellX;
    south[at] = centreY - cellY;
    reached++;
  }
  return reached;
}

/** Interpolates the coordinates of a row of pixels at each column of nodes. */
function interpolateRow({ x, y, columns }: Nodes, row: number, rowX: Float64Array, rowY: Float64Array): void {
  const upper = Math.floor(row / NODE_STEP_PX) * columns;
  const share = (row % NODE_STEP_PX) / NODE_STEP_PX;
  for (let node = 0; node < columns; node++) {
    const above = upper + node;
    rowX[node] = x[above]! + (x[above + columns]! - x[above]!) * share;
    rowY[node] = y[above]! + (y[above + columns]! - y[above]!) * share;
  }
}

interface Nodes {
  readonly columns: number;
  /** Coordinates in cells of the source grid, 0 at its north-west corner. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function locateNodes({ geoTransform, projection }: SourceGeometry, grid: Grid): Nodes {
  const columns = Math.ceil(grid.width / NODE_STEP_PX) + 1;
  const rows = Math.ceil(grid.height / NODE_STEP_PX) + 1;
  const x = new Float64Array(columns * rows);
  const y = new Float64Array(columns * rows);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      x[i] = grid.westM + (column * NODE_STEP_PX + 0.5) * grid.pixelSizeM;
      y[i] = grid.northM - (row * NODE_STEP_PX + 0.5) * grid.pixelSizeM;
    }
  }
  using mercator = SpatialReference.parse("EPSG:3857");
  using sourceReference = SpatialReference.parse(projection);
  transformPoints(mercator, sourceReference, x, y);
  const [west, dx, , north, , dy] = geoTransform;
  for (let i = 0; i < x.length; i++) {
    x[i] = (x[i]! - west) / dx;
    y[i] = (y[i]! - north) / dy;
  }
  return { columns, x, y };
}

/**
 * Warps a field: bilinear for continuous values, nearest for discrete ones; NaN outside the source. As in gdalwarp, a
 * pixel whose own cell is missing is missing, and other missing cells contribute nothing to a bilinear value.
 * @throws RangeError when the field is not on the plan's source grid
 */
export function warpField(field: Field, plan: WarpPlan, kind: Kind): Field {
  if (field.width !== plan.source.width || field.height !== plan.source.height) {
    throw new RangeError(
      `Cannot warp a field of ${field.width} × ${field.height} by a plan for ${plan.source.width} × ${plan.source.height}`,
    );
  }
  const values = kind === "continuous" ? bilinear(field, plan) : nearest(field, plan);
  return { ...plan.target, values };
}

function bilinear({ values, width }: Field, { cells, east, south }: WarpPlan): Float32Array<ArrayBuffer> {
  const warped = new Float32Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell < 0) {
      warped[i] = NaN;
      continue;
    }
    const toEast = east[i]!;
    const toSouth = south[i]!;
    const northWest = values[cell]!;
    const southWest = values[cell + width]!;
    const north = northWest + (values[cell + 1]! - northWest) * toEast;
    const value = north + (southWest + (values[cell + width + 1]! - southWest) * toEast - north) * toSouth;
    warped[i] = value === value ? value : meanOfPresent(values, cell, width, toEast, toSouth);
  }
  return warped;
}

/** Smallest weight of present cells that gives a value. @see GDAL, GWKBilinearResample4Sample */
const LEAST_WEIGHT = 0.00001;

function meanOfPresent(values: Float32Array, cell: number, width: number, toEast: number, toSouth: number): number {
  const own = values[cell + (toEast >= 0.5 ? 1 : 0) + (toSouth >= 0.5 ? width : 0)]!;
  if (own !== own) return NaN;
  let sum = 0;
  let weights = 0;
  for (let corner = 0; corner < 4; corner++) {
    const isEast = (corner & 1) === 1;
    const isSouth = (corner & 2) === 2;
    const value = values[cell + (isEast ? 1 : 0) + (isSouth ? width : 0)]!;
    const weight = (isEast ? toEast : 1 - toEast) * (isSouth ? toSouth : 1 - toSouth);
    if (value !== value || weight === 0) continue; // missing, or without weight
    sum += value * weight;
    weights += weight;
  }
  return weights < LEAST_WEIGHT ? NaN : sum / weights;
}

function nearest({ values, width }: Field, { cells, east, south }: WarpPlan): Float32Array<ArrayBuffer> {
  const warped = new Float32Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    warped[i] = cell < 0 ? NaN : values[cell + (east[i]! >= 0.5 ? 1 : 0) + (south[i]! >= 0.5 ? width : 0)]!;
  }
  return warped;
}

/**
 * Number of plans that are kept: to the picture's grid and to the wind's. A plan of HRRR is 50 MB, and a Worker builds
 * one model at a time.
 */
const KEPT_PLANS = 2;
const kept = new Map<string, WarpPlan>();

/** Returns the plan from a source grid to a display grid, made at its first use in each thread. */
export function warpPlanOf(
  { width, height }: { readonly width: number; readonly height: number },
  geometry: SourceGeometry,
  grid: Grid,
): WarpPlan {
  const key = JSON.stringify([width, height, geometry, grid]);
  const known = kept.get(key);
  if (known) return known;
  for (const oldest of [...kept.keys()].slice(0, kept.size + 1 - KEPT_PLANS)) kept.delete(oldest);
  const plan = makeWarpPlan({ width, height }, geometry, grid);
  kept.set(key, plan);
  return plan;
}
