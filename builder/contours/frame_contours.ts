import { gzipSync } from "node:zlib";
import simplify from "simplify-js";
import { type ContourCollection, contourCollectionSchema, type ContourFeature } from "../../contract/contours.ts";
import type { Grid } from "../../contract/grid.ts";
import { latitude, longitude } from "../../contract/projection.ts";
import type { ContourSummary } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { fieldStats } from "../derive/stats.ts";
import { checkCrossings, checkLevelCount } from "../gates/lines.ts";
import { type ContourLine, traceContours } from "../gdal/contour.ts";
import type { ContourSpec } from "../models/model.ts";
import { smoothField } from "./smooth.ts";

/** Half the side of the square that is averaged before contours are traced: smaller features are noise on a map. */
const SMOOTHING_M = 12_000;
/** Largest distance of a drawn contour from the traced one, at the first try. */
const TOLERANCE_M = 1_500;
/** Contours shorter than this are specks. */
const LEAST_LENGTH_M = 100_000;
/** Contours shorter than this number of tolerances say little. */
const LEAST_LENGTH_TOLERANCES = 20;
export const MAX_GZIPPED_BYTES = 300 * 1024;
/** Factor by which the tolerance grows when the file is too large. */
const COARSER = 1.6;
const DECIMALS = 4;

/** A field on the display grid, and the contours to trace on it. */
export interface ContourJob {
  readonly spec: ContourSpec;
  /** Values in the unit of the spec's levels. */
  readonly display: Field;
}

export interface FrameContours {
  /** GeoJSON. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly summary: Readonly<Record<string, ContourSummary>>;
}

/**
 * Traces the contours of a frame in WGS 84: on a smoothed copy of the values at full resolution, simplified, and
 * simplified further until the file is at most 300 KiB gzipped.
 * @throws GateError when there are more levels or contours than weather has
 * @throws GdalError
 */
export function traceFrameContours(jobs: readonly ContourJob[], grid: Grid): FrameContours {
  const traced = jobs.map(({ spec }) => ({ spec, levels: [] as number[], lines: [] as MeasuredLine[] }));
  // Sets of contours on one field are traced together.
  for (const [display, ofField] of Map.groupBy(jobs.keys(), (i) => jobs[i]!.display)) {
    const smooth = smoothField(display, Math.round(SMOOTHING_M / grid.pixelSizeM));
    for (const i of ofField) traced[i]!.levels = levelsWithin(traced[i]!.spec, smooth);
    const levels = [...new Set(ofField.flatMap((i) => traced[i]!.levels))].sort((a, b) => a - b);
    checkCrossings(smooth, levels);
    const lines = levels.length === 0 ? [] : traceContours(smooth, grid, levels);
    const measured = lines.map((line) => ({ ...line, lengthM: lengthM(line) }));
    for (const i of ofField) traced[i]!.lines = measured.filter(({ level }) => traced[i]!.levels.includes(level));
  }
  for (let toleranceM = TOLERANCE_M;; toleranceM *= COARSER) {
    const features = traced.flatMap(({ spec, lines }) =>
      lines
        .filter(({ lengthM }) => lengthM >= Math.max(LEAST_LENGTH_M, LEAST_LENGTH_TOLERANCES * toleranceM))
        .map((line) => toFeature(line, spec, toleranceM))
        .filter((feature) => feature !== null)
    );
    const collection: ContourCollection = { type: "FeatureCollection", features };
    const bytes = new TextEncoder().encode(JSON.stringify(contourCollectionSchema.parse(collection)));
    if (gzipSync(bytes).length > MAX_GZIPPED_BYTES) continue;
    return {
      bytes,
      summary: Object.fromEntries(
        traced.map(({ spec, levels }) => [spec.key, {
          levels,
          units: spec.units,
          smoothing_m: SMOOTHING_M,
          tolerance_m: Math.round(toleranceM),
        }]),
      ),
    };
  }
}

interface MeasuredLine extends ContourLine {
  readonly lengthM: number;
}

/** Returns the levels of a spec between the smallest and the largest value. */
function levelsWithin({ levels }: ContourSpec, display: Field): number[] {
  const stats = fieldStats(display);
  if (stats === null) return [];
  if (isList(levels)) return levels.filter((level) => level > stats.min && level < stats.max);
  const first = Math.ceil(stats.min / levels.every);
  const last = Math.floor(stats.max / levels.every);
  checkLevelCount(last - first + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => roundedLevel((first + i) * levels.every));
}

/** Rounds a level to decimals, in which traced contours carry it: a multiple of 0.1 in binary is not always exact. */
function roundedLevel(level: number): number {
  return Number(level.toFixed(6));
}

function isList(levels: ContourSpec["levels"]): levels is readonly number[] {
  return Array.isArray(levels);
}

function lengthM({ points }: ContourLine): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    length += Math.hypot(points[i]![0] - points[i - 1]![0], points[i]![1] - points[i - 1]![1]);
  }
  return length;
}

function toFeature({ level, points }: ContourLine, spec: ContourSpec, toleranceM: number): ContourFeature | null {
  const kept = simplify(points.map(([x, y]) => ({ x, y })), toleranceM, true);
  if (kept.length < 2) return null;
  return {
    type: "Feature",
    properties: { key: spec.key, level, units: spec.units },
    geometry: {
      type: "LineString",
      coordinates: kept.map(({ x, y }): [number, number] => [rounded(longitude(x)), rounded(latitude(y))]),
    },
  };
}

function rounded(degrees: number): number {
  return Math.round(degrees * 10 ** DECIMALS) / 10 ** DECIMALS;
}
