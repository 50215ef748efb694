import type { ContourCollection } from "../../contract/contours.ts";
import { latitude, longitude, type MercatorBox } from "../../contract/projection.ts";
import type { ContourSummary } from "../../contract/sidecar.ts";
import { GateError } from "./gate_error.ts";

/**
 * Gates on contours: while they are traced, as time and memory of a trace grow with the pixels that contours cross, and
 * after they are written.
 */

/**
 * Most levels of the contours on a field. The table with the most, 2 m temperature every 10 °F, has 26 between the
 * coldest and the hottest temperature ever measured.
 */
export const MAX_LEVELS = 100;
/**
 * Most crossings in 100 pixels of rows, or of columns. A pixel counts once for each level between it and the pixel
 * before. Real temperature and pressure of HRRR, GFS and ECMWF have 1 to 3; in noise that has 50, contours are
 * unreadable.
 */
const MAX_CROSSINGS_PER_100_PIXELS = 15;
/** Half of the last decimal of a coordinate, in degrees. */
const ROUNDING = 0.5e-4;

/** @throws GateError */
export function checkLevelCount(count: number): void {
  if (count > MAX_LEVELS) throw new GateError("values", "contour levels", String(count), `at most ${MAX_LEVELS}`);
}

/**
 * Checks while contours are traced that they cross no more pixels than those of weather do: in noise they are
 * everywhere, and a trace to the end would take minutes and gigabytes.
 * @param crossings levels between pixels and those before them in their rows, or in their columns, so far
 * @param tracedPixels pixels of the rows so far
 * @param allPixels pixels of the field
 * @throws GateError
 */
export function checkCrossings(crossings: number, tracedPixels: number, allPixels: number): void {
  const found = crossings / allPixels * 100;
  if (found <= MAX_CROSSINGS_PER_100_PIXELS) return;
  const measured = crossings / tracedPixels * 100;
  const allowed = `at most ${MAX_CROSSINGS_PER_100_PIXELS}`;
  throw new GateError("values", "contour crossings per 100 pixels", measured.toFixed(0), allowed);
}

/**
 * Checks written contours as they are read back: each line has at least two positions, all within the box to four
 * decimals, and a key, units and a level that the summary names.
 * @param bytes GeoJSON of WGS 84
 * @throws GateError
 */
export function checkLines(
  bytes: Uint8Array,
  box: MercatorBox,
  summary: Readonly<Record<string, ContourSummary>>,
): void {
  const west = longitude(box.westM) - ROUNDING;
  const east = longitude(box.eastM) + ROUNDING;
  const south = latitude(box.southM) - ROUNDING;
  const north = latitude(box.northM) + ROUNDING;
  for (const { properties: { key, level, units }, geometry: { coordinates } } of readFeatures(bytes)) {
    const of = summary[key];
    if (of?.units !== units || !of.levels.includes(level)) {
      throw new GateError("structure", "contour level", `${key} ${level} ${units}`, "a level of the summary");
    }
    if (coordinates.length < 2) {
      throw new GateError("structure", "contour positions", String(coordinates.length), "at least 2");
    }
    for (const [lon, lat] of coordinates) {
      if (lon >= west && lon <= east && lat >= south && lat <= north) continue;
      throw new GateError("structure", "contour position", `${lon}, ${lat}`, "within the grid");
    }
  }
}

/** @throws GateError when the bytes are not JSON, as with a number that is not finite */
function readFeatures(bytes: Uint8Array): ContourCollection["features"] {
  try {
    return (JSON.parse(new TextDecoder().decode(bytes)) as ContourCollection).features;
  } catch (error) {
    throw new GateError("structure", "contour file", String(error), "JSON");
  }
}
