import type { Field } from "../field/field.ts";
import type { Band, Window } from "../gdal/band.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
import { GateError } from "./gate_error.ts";

/** Side of the square that is read of each level. */
const SAMPLE_SIZE_PX = 64;

/**
 * Checks that GDAL reads the values in the middle of the largest and the smallest level as they were computed, bit by
 * bit. All others have the same encoding, whose bytes `checkStream` compares.
 * @param levels the band of values and its overviews
 * @throws GateError
 */
export function checkValueSamples(levels: readonly Band[], computed: readonly Field[]): void {
  endsOf(levels).forEach((level) => {
    const band = levels[level]!;
    const window = middleOf(band);
    const read = band.read(new Float32Array(window.width * window.height), window);
    const { values, width } = computed[level]!;
    const meant = Float32Array.from(read, (_, i) => values[indexIn(window, i, width)]!);
    const bits = new Uint32Array(meant.buffer);
    new Uint32Array(read.buffer).forEach((word, i) => {
      if (word !== bits[i]) fail(`values of level ${level}`, `${read[i]} in cell ${i}`, String(meant[i]));
    });
  });
}

/**
 * Checks that GDAL reads the pixels in the middle of the largest and the smallest level in the colours of their numbers.
 * @param levels the red, green, blue and alpha band of each level
 * @param colors RGBA words in memory order, by palette number
 * @throws GateError
 */
export function checkPictureSamples(
  levels: readonly (readonly Band[])[],
  computed: readonly NumberedImage[],
  colors: Uint32Array<ArrayBuffer>,
): void {
  const channels = new Uint8Array(colors.buffer, colors.byteOffset, colors.byteLength);
  endsOf(levels).forEach((level) =>
    levels[level]!.forEach((band, channel) => {
      const window = middleOf(band);
      const read = band.read(new Uint8Array(window.width * window.height), window);
      const { numbers, width } = computed[level]!;
      read.forEach((byte, i) => {
        const meant = channels[numbers[indexIn(window, i, width)]! * 4 + channel]!;
        if (byte !== meant) fail(`channel ${channel} of level ${level}`, `${byte} in pixel ${i}`, String(meant));
      });
    })
  );
}

function endsOf({ length }: readonly unknown[]): number[] {
  return length === 1 ? [0] : [0, length - 1];
}

function middleOf({ width, height }: Band): Window {
  const [left, top] = [width, height].map((size) => Math.max(Math.floor((size - SAMPLE_SIZE_PX) / 2), 0)) as [
    number,
    number,
  ];
  return { left, top, width: Math.min(width, SAMPLE_SIZE_PX), height: Math.min(height, SAMPLE_SIZE_PX) };
}

/** Returns the index in an image of pixel `i` of a window. */
function indexIn({ left, top, width }: Window, i: number, imageWidth: number): number {
  return (top + Math.floor(i / width)) * imageWidth + left + i % width;
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("samples", rule, measured, limit);
}
