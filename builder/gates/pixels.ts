import type { Stats } from "../../contract/sidecar.ts";
import type { Rgb } from "../style/palette.ts";
import { GateError } from "./gate_error.ts";

/** Expected properties of a variable's pixels. */
export interface PixelExpectations {
  readonly isSparse: boolean;
  /** The share of the display grid that the source grid reaches. */
  readonly reachedShare: number;
  /** Physically possible values, in display units. */
  readonly physicalRange: readonly [number, number];
  /** Error that packing may add at either end of the range, in display units. */
  readonly tolerance: number;
  /** Colours of the smallest and the largest value that is drawn, or null when no value is drawn. */
  readonly endColors: readonly [Rgb, Rgb] | null;
}

const MIN_VALID_SHARE = 0.05;
const MAX_VALID_SHARE = 0.999;
const MAX_NODATA_SHARE = 0.95;

/**
 * Gate 2: checks that the image and the values are weather and not an accident. The values decide whether an image of
 * one colour is right: drizzle, a first inch of snow and fog from coast to coast are right; one colour for values of
 * two colours is wrong.
 * @param uses number of pixels of the full image with each palette number
 * @param colors RGBA words in memory order, by palette number
 * @param values statistics of the values, or null when no cell is valid
 * @throws GateError
 */
export function checkPixels(
  uses: Uint32Array,
  colors: Uint32Array,
  values: Stats | null,
  expected: PixelExpectations,
): void {
  const picture = inspectPicture(uses, colors);
  const drawn = picture.opaque / picture.pixels;
  if (picture.translucent > 0) fail("alpha is 0 or 255", `${picture.translucent} other pixels`, "none");
  if (!expected.isSparse) {
    if (!(drawn > MIN_VALID_SHARE)) fail("alpha coverage", percent(drawn), `more than ${percent(MIN_VALID_SHARE)}`);
    requireMask("alpha coverage", drawn, expected);
  }
  checkColors(picture, expected);
  checkValues(values, expected);
}

/** Checks that some cells are missing when the source grid does not reach every corner. */
function requireMask(rule: string, share: number, { reachedShare }: PixelExpectations): void {
  if (reachedShare < 1 && !(share < MAX_VALID_SHARE)) {
    fail(rule, percent(share), `less than ${percent(MAX_VALID_SHARE)}: the source grid does not fill the coverage`);
  }
}

/** Checks that each channel varies in which the colours of the smallest and the largest value differ. */
function checkColors({ opaque, varies }: Picture, { endColors }: PixelExpectations): void {
  if (endColors === null) {
    if (opaque > 0) fail("image matches values", `${opaque} drawn pixels`, "none: no value is drawn");
    return;
  }
  if (opaque === 0) fail("image matches values", "no drawn pixel", "some: there are values that are drawn");
  const [lowest, highest] = endColors;
  ["red", "green", "blue"].forEach((name, channel) => {
    if (lowest[channel] !== highest[channel] && !varies[channel]) {
      fail("colour not constant", `one value of ${name}`, `${lowest[channel]} and ${highest[channel]}`);
    }
  });
}

function checkValues(stats: Stats | null, expected: PixelExpectations): void {
  const [low, high] = expected.physicalRange;
  if (stats === null) fail("nodata ratio", "100 %", `less than ${percent(MAX_NODATA_SHARE)}`);
  if (!(1 - stats.valid_fraction < MAX_NODATA_SHARE)) {
    fail("nodata ratio", percent(1 - stats.valid_fraction), `less than ${percent(MAX_NODATA_SHARE)}`);
  }
  // The image of a sparse frame does not show the mask; the values do.
  if (expected.isSparse) requireMask("value coverage", stats.valid_fraction, expected);
  if (stats.min === stats.max && !expected.isSparse) {
    fail("value range", `constant ${stats.min}`, "min and max that differ");
  }
  if (stats.min < low - expected.tolerance || stats.max > high + expected.tolerance) {
    fail("value range", `${stats.min} … ${stats.max}`, `${low} … ${high}`);
  }
}

interface Picture {
  readonly pixels: number;
  readonly opaque: number;
  readonly translucent: number;
  /** Whether red, green and blue have more than one value among the opaque pixels. */
  readonly varies: readonly [boolean, boolean, boolean];
}

function inspectPicture(uses: Uint32Array, colors: Uint32Array): Picture {
  const [alphaOne] = new Uint32Array(Uint8Array.of(0, 0, 0, 255).buffer);
  let pixels = 0;
  let opaque = 0;
  let translucent = 0;
  let first = 0;
  let differences = 0;
  uses.forEach((count, number) => {
    pixels += count;
    if (count === 0) return;
    const word = colors[number]!;
    if (((word & alphaOne!) >>> 0) === alphaOne) {
      if (opaque === 0) first = word;
      opaque += count;
      differences |= word ^ first;
    } else if ((word & alphaOne!) !== 0) translucent += count;
  });
  const [red, green, blue] = new Uint8Array(Uint32Array.of(differences).buffer);
  return { pixels, opaque, translucent, varies: [red !== 0, green !== 0, blue !== 0] };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("pixels", rule, measured, limit);
}
