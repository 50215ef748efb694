import { gzipSync } from "node:zlib";
import type { Grid } from "../../contract/grid.ts";
import type { ContourSummary, Stats } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { checkCrossings, checkLevelCount, checkLines } from "../gates/lines.ts";
import type { ContourSpec } from "../models/model.ts";
import { joinCrossings } from "./join_crossings.ts";
import { levelsWithin } from "./levels_within.ts";
import { MarchingSquares } from "./marching_squares.ts";
import { lineLengths, type PixelLines } from "./pixel_lines.ts";
import { simplifyLines } from "./simplify_lines.ts";
import { smoothRows } from "./smooth.ts";
import { GeoJsonWriter } from "./write_geojson.ts";

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

/** A field on the display grid, and the contours to trace on it. */
export interface ContourJob {
  readonly spec: ContourSpec;
  /** Values in the unit of the spec's levels. */
  readonly display: Field;
  /** The smallest and the largest value; null when all are missing. */
  readonly range: Pick<Stats, "min" | "max"> | null;
}

export interface FrameContours {
  /** GeoJSON. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly summary: Readonly<Record<string, ContourSummary>>;
}

/**
 * Traces the contours of a frame in WGS 84: on a smoothed copy of the values at full resolution, simplified, and
 * simplified further until the file is at most 300 KiB gzipped.
 * @throws GateError when there are more levels or contours than weather has, or a line was not written as it should be
 */
export function traceFrameContours(jobs: readonly ContourJob[], grid: Grid): FrameContours {
  const sets = traceSets(jobs, grid);
  for (let toleranceM = TOLERANCE_M;; toleranceM *= COARSER) {
    const bytes = writeSets(sets, grid, toleranceM);
    if (!fitsGzipped(bytes)) continue;
    const summary = Object.fromEntries(
      sets.map(({ spec, levels }) => [spec.key, {
        levels,
        units: spec.units,
        smoothing_m: SMOOTHING_M,
        tolerance_m: Math.round(toleranceM),
      }]),
    );
    checkLines(bytes, grid, summary);
    return { bytes, summary };
  }
}

/** A set of contours, and the lines that it is part of. */
interface TracedSet {
  readonly spec: ContourSpec;
  /** Levels between the smallest and the largest smoothed value. */
  readonly levels: number[];
  readonly traced: TracedField;
}

/** Lines of all sets of contours on the same field. */
interface TracedField {
  readonly levels: readonly number[];
  readonly lines: PixelLines;
  readonly lengthsPx: Float64Array;
}

/** Traces each field once, for all of its sets. */
function traceSets(jobs: readonly ContourJob[], grid: Grid): TracedSet[] {
  const sets: TracedSet[] = [];
  for (const [display, ofField] of Map.groupBy(jobs.keys(), (i) => jobs[i]!.display)) {
    const levelsOf = new Map(ofField.map((i) => [i, levelsWithin(jobs[i]!.spec.levels, jobs[i]!.range)]));
    const allLevels = [...new Set([...levelsOf.values()].flat())].sort((a, b) => a - b);
    checkLevelCount(allLevels.length);
    const traced = traceField(display, allLevels, Math.round(SMOOTHING_M / grid.pixelSizeM));
    for (const [i, levels] of levelsOf) {
      sets[i] = { spec: jobs[i]!.spec, levels: levels.filter((level) => traced.levels.includes(level)), traced };
    }
  }
  return sets;
}

/**
 * Traces the contours of a field, smoothed.
 * @param levels ascending, without duplicates; those between smoothed values are traced
 * @throws GateError when there are more contours than weather has
 */
function traceField(display: Field, levels: readonly number[], radiusPx: number): TracedField {
  const { width, height } = display;
  const squares = new MarchingSquares(width, levels);
  let rows = 0;
  smoothRows(display, radiusPx, (values) => {
    squares.addRow(values);
    // Noise may be in one direction only, such as stripes.
    const crossings = Math.max(squares.crossingsAlongRows, squares.crossingsAlongColumns);
    checkCrossings(crossings, ++rows * width, height * width);
  });
  const lines = joinCrossings(squares.crossings);
  return { levels: squares.levelsBetweenValues(), lines, lengthsPx: lineLengths(lines) };
}

/** Writes the lines of all sets that are long enough, simplified. */
function writeSets(sets: readonly TracedSet[], grid: Grid, toleranceM: number): Uint8Array<ArrayBuffer> {
  const leastLengthPx = Math.max(LEAST_LENGTH_M, LEAST_LENGTH_TOLERANCES * toleranceM) / grid.pixelSizeM;
  const simplified = new Map<TracedField, PixelLines>();
  for (const traced of new Set(sets.map(({ traced }) => traced))) {
    const isWanted = Uint8Array.from(traced.lengthsPx, (lengthPx) => lengthPx >= leastLengthPx ? 1 : 0);
    simplified.set(traced, simplifyLines(traced.lines, isWanted, toleranceM / grid.pixelSizeM));
  }
  const writer = new GeoJsonWriter(grid);
  for (const { spec: { key, units }, levels, traced } of sets) {
    const lines = simplified.get(traced)!;
    lines.levels.forEach((level, line) => {
      if (levels.includes(level)) writer.write(lines, line, { key, level, units });
    });
  }
  return writer.finish();
}

/** Most bytes that gzip adds to what it cannot compress: a header, and a few bytes for each block. */
const GZIP_OVERHEAD = 1024;

function fitsGzipped(bytes: Uint8Array): boolean {
  // Most files are small enough as they are.
  return bytes.length + GZIP_OVERHEAD <= MAX_GZIPPED_BYTES || gzipSync(bytes).length <= MAX_GZIPPED_BYTES;
}
