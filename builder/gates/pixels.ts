import type { Stats } from "../../contract/sidecar.ts";
import type { Rgb } from "../style/palette.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
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
 * @param rgba four bytes per pixel, as read back from the artifact
 * @param values statistics of the value COG as read back, or null when no cell is valid
 * @throws GateError
 */
export function checkPixels(rgba: Uint8Array, values: Stats | null, expected: PixelExpectations): void {
  const picture = inspectPicture(rgba);
  const drawn = picture.opaque / (rgba.length / 4);
  if (picture.translucent > 0) fail("alpha is 0 or 255", `${picture.translucent} other pixels`, "none");
  if (!expected.isSparse) {
    if (!(drawn > MIN_VALID_SHARE)) fail("alpha coverage", percent(drawn), `more than ${percent(MIN_VALID_SHARE)}`);
    requireMask("alpha coverage", drawn, expected);
  }
  checkColors(picture, expected);
  checkValues(values, expected);
}

/** Checks that the values in the file are the computed ones, bit by bit. @throws GateError */
export function checkReadBack(readBack: Float32Array, computed: Float32Array): void {
  const [read, meant] = [readBack, computed].map(({ buffer, byteOffset, length }) =>
    new Uint32Array(buffer, byteOffset, length)
  ) as [Uint32Array, Uint32Array];
  for (let i = 0; i < meant.length; i++) {
    if (read[i] !== meant[i]) {
      fail("written values equal computed values", `${readBack[i]} in cell ${i}`, String(computed[i]));
    }
  }
}

/**
 * Checks that the picture in the file is the computed one, pixel by pixel: what is painted is what is read.
 * @param rgba four bytes per pixel, as read back from the artifact
 * @param colors RGBA words in memory order, by palette number
 * @throws GateError
 */
export function checkPicture(rgba: Uint8Array, { numbers }: NumberedImage, colors: Uint32Array): void {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  for (let i = 0; i < numbers.length; i++) {
    if (words[i] !== colors[numbers[i]!]) {
      fail("written pixels equal computed pixels", `${hex(words[i]!)} in pixel ${i}`, hex(colors[numbers[i]!]!));
    }
  }
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
  readonly opaque: number;
  readonly translucent: number;
  /** Whether red, green and blue have more than one value among the opaque pixels. */
  readonly varies: readonly [boolean, boolean, boolean];
}

function inspectPicture(rgba: Uint8Array): Picture {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  const [alphaOne] = new Uint32Array(Uint8Array.of(0, 0, 0, 255).buffer);
  let opaque = 0;
  let translucent = 0;
  let first = 0;
  let differences = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (((word & alphaOne!) >>> 0) === alphaOne) {
      if (opaque++ === 0) first = word;
      differences |= word ^ first;
    } else if ((word & alphaOne!) !== 0) translucent++;
  }
  const [red, green, blue] = new Uint8Array(Uint32Array.of(differences).buffer);
  return { opaque, translucent, varies: [red !== 0, green !== 0, blue !== 0] };
}

/** The RGBA word as eight hex digits, red first. */
function hex(word: number): string {
  return `#${new Uint8Array(Uint32Array.of(word).buffer).toHex()}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("pixels", rule, measured, limit);
}
