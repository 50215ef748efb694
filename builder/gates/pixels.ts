import type { Kind, Stats } from "../../contract/sidecar.ts";
import { GateError } from "./gate_error.ts";

/** What a variable promises about its pixels. */
export interface PixelExpectations {
  readonly kind: Kind;
  readonly isSparse: boolean;
  readonly fillsCoverage: boolean;
  /** In display units. */
  readonly physicalRange: readonly [number, number];
}

const MIN_VALID_SHARE = 0.05;
const MAX_VALID_SHARE = 0.999;
const MAX_NODATA_SHARE = 0.95;
/** A sparse frame with less to draw than this is dry: a few showers, or the last snow, may well be of one colour. */
const DRY_SHARE = 0.001;

/**
 * Gate 2: the picture and the values are weather and not an accident.
 * @param rgba four bytes a pixel, as read back from the artifact
 * @param values statistics of the value artifact as read back, or null when no cell is valid
 * @throws GateError
 */
export function checkPixels(rgba: Uint8Array, values: Stats | null, expected: PixelExpectations): void {
  const picture = inspectPicture(rgba);
  const drawn = picture.opaque / (rgba.length / 4);
  const isDry = expected.isSparse && drawn < DRY_SHARE;
  if (picture.translucent > 0) {
    fail("alpha is 0 or 255", `${picture.translucent} other pixels`, "none");
  }
  if (!expected.isSparse) {
    if (!(drawn > MIN_VALID_SHARE)) fail("alpha coverage", percent(drawn), `more than ${percent(MIN_VALID_SHARE)}`);
    requireMask("alpha coverage", drawn, expected);
  }
  if (!isDry) checkColors(picture, expected);
  checkValues(values, expected, isDry);
}

/** The values that readers get are those that were computed, to the last bit. @throws GateError */
export function checkReadBack(readBack: Float32Array, computed: Float32Array): void {
  const [read, meant] = [readBack, computed].map(({ buffer, byteOffset, length }) =>
    new Uint32Array(buffer, byteOffset, length)
  ) as [Uint32Array, Uint32Array];
  for (let i = 0; i < meant.length; i++) {
    if (read[i] !== meant[i]) fail("values as computed", `${readBack[i]} in cell ${i}`, String(computed[i]));
  }
}

/** Where the source grid does not reach every corner, something must be missing. */
function requireMask(rule: string, share: number, { fillsCoverage }: PixelExpectations): void {
  if (!fillsCoverage && !(share < MAX_VALID_SHARE)) {
    fail(rule, percent(share), `less than ${percent(MAX_VALID_SHARE)}: the source grid does not fill the coverage`);
  }
}

function checkColors(picture: Picture, { kind, isSparse }: PixelExpectations): void {
  if (kind === "continuous" && !isSparse) {
    ["red", "green", "blue"].forEach((name, channel) => {
      if (!picture.varies[channel]) fail("colour not constant", `one value of ${name}`, "at least 2");
    });
  } else if (!picture.varies.some(Boolean)) {
    fail("colour not constant", "one opaque colour", "at least 2");
  }
}

function checkValues(stats: Stats | null, expected: PixelExpectations, isDry: boolean): void {
  const [low, high] = expected.physicalRange;
  if (stats === null) fail("nodata ratio", "100 %", `less than ${percent(MAX_NODATA_SHARE)}`);
  if (!(1 - stats.valid_fraction < MAX_NODATA_SHARE)) {
    fail("nodata ratio", percent(1 - stats.valid_fraction), `less than ${percent(MAX_NODATA_SHARE)}`);
  }
  // Of a sparse frame the picture says nothing of a mask; the values do.
  if (expected.isSparse) requireMask("value coverage", stats.valid_fraction, expected);
  if (stats.min === stats.max && !isDry) fail("value range", `constant ${stats.min}`, "min and max that differ");
  if (stats.min < low || stats.max > high) {
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

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("pixels", rule, measured, limit);
}
