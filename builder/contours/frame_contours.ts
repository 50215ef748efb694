import { gzipSync } from "node:zlib";
import type { Grid } from "../../contract/grid.ts";
import type { ContourSummary } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { valueRange } from "../field/value_range.ts";
import { checkCrossings, checkLevelCount, checkLines } from "../gates/lines.ts";
import type { ContourSpec } from "../models/model.ts";
import { joinCrossings } from "./join_crossings.ts";
import { levelsWithin } from "./levels_within.ts";
import { marchSquares } from "./marching_squares.ts";
import { lineLengths, type PixelLines } from "./pixel_lines.ts";
import { simplifyLines } from "./simplify_lines.ts";
import { smoothField } from "./smooth.ts";
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

interface TracedSet {
  readonly spec: ContourSpec;
  readonly levels: number[];
  /** Lines of all sets on the same field. */
  readonly lines: MeasuredLines;
}

interface MeasuredLines extends PixelLines {
  readonly lengthsPx: Float64Array;
}

/** Traces each field once, for all of its sets. */
function traceSets(jobs: readonly ContourJob[], grid: Grid): TracedSet[] {
  const sets: TracedSet[] = [];
  for (const [display, ofField] of Map.groupBy(jobs.keys(), (i) => jobs[i]!.display)) {
    const smooth = smoothField(display, Math.round(SMOOTHING_M / grid.pixelSizeM));
    const range = valueRange(smooth);
    const levelsOf = new Map(ofField.map((i) => [i, levelsWithin(jobs[i]!.spec.levels, range)]));
    const levels = [...new Set([...levelsOf.values()].flat())].sort((a, b) => a - b);
    checkLevelCount(levels.length);
    checkCrossings(smooth, levels);
    const lines = joinCrossings(marchSquares(smooth, levels));
    const measured = { ...lines, lengthsPx: lineLengths(lines) };
    for (const [i, levels] of levelsOf) sets[i] = { spec: jobs[i]!.spec, levels, lines: measured };
  }
  return sets;
}

/** Writes the lines of all sets that are long enough, simplified. */
function writeSets(sets: readonly TracedSet[], grid: Grid, toleranceM: number): Uint8Array<ArrayBuffer> {
  const leastLengthPx = Math.max(LEAST_LENGTH_M, LEAST_LENGTH_TOLERANCES * toleranceM) / grid.pixelSizeM;
  const simplified = new Map<PixelLines, PixelLines>();
  for (const { lines } of sets) {
    if (simplified.has(lines)) continue;
    const isWanted = Uint8Array.from(lines.lengthsPx, (lengthPx) => lengthPx >= leastLengthPx ? 1 : 0);
    simplified.set(lines, simplifyLines(lines, isWanted, toleranceM / grid.pixelSizeM));
  }
  const writer = new GeoJsonWriter(grid);
  for (const { spec: { key, units }, levels, lines } of sets) {
    const simple = simplified.get(lines)!;
    simple.levels.forEach((level, line) => {
      if (levels.includes(level)) writer.write(simple, line, { key, level, units });
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
