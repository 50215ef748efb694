/**
 * The floating-point predictor of TIFF (predictor 3, Adobe Photoshop TIFF Technical Note 3): the bytes of a row's
 * float32 values are sorted by significance, all first bytes before all second bytes, and each byte is replaced by its
 * difference from the one before. Neighbouring values have equal first bytes, so most differences are 0.
 */

const BYTES = 4;

/**
 * Encodes rows of values.
 * @param values whole rows of `width` values
 * @param into four bytes for each value
 */
export function predictFloats(values: Float32Array<ArrayBuffer>, width: number, into: Uint8Array): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let row = 0; row < words.length; row += width) {
    const plane = row * BYTES;
    // The first byte of a plane follows the last byte of the plane before.
    const last = words[row + width - 1]!;
    let a = 0;
    let b = last >>> 24;
    let c = last >>> 16;
    let d = last >>> 8;
    for (let x = 0; x < width; x++) {
      const word = words[row + x]!;
      into[plane + x] = (word >>> 24) - a; // stored modulo 256
      into[plane + width + x] = (word >>> 16) - b;
      into[plane + 2 * width + x] = (word >>> 8) - c;
      into[plane + 3 * width + x] = word - d;
      a = word >>> 24;
      b = word >>> 16;
      c = word >>> 8;
      d = word;
    }
  }
}

/** Decodes rows of values. @param bytes four for each value, in whole rows of `width` values */
export function restoreFloats(bytes: Uint8Array, width: number): Float32Array<ArrayBuffer> {
  const words = new Int32Array(bytes.length / BYTES); // unsigned words would become floating-point numbers in V8
  for (let row = 0; row < words.length; row += width) {
    let sum = 0;
    for (let plane = 0; plane < BYTES; plane++) {
      const at = row * BYTES + plane * width;
      const shift = 24 - 8 * plane;
      for (let x = 0; x < width; x++) {
        sum = (sum + bytes[at + x]!) & 0xff;
        words[row + x] = words[row + x]! | sum << shift;
      }
    }
  }
  return new Float32Array(words.buffer);
}
