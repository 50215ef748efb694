/** Largest prime below 2^16 (RFC 1950). */
const MODULUS = 65521;
/** Words that can be added up before a sum could exceed 31 bits, within which V8 calculates with integers. */
const WORDS_PER_STEP = 800;
/** Every second byte of a word. */
const SECOND_BYTES = 0x00ff_00ff;

/**
 * Computes the checksum of a zlib stream (RFC 1950). Four bytes are added at once, and words of zeros, of which the
 * predicted blocks of weather have many, cost nearly nothing.
 * @param bytes a whole number of words, aligned to words
 */
export function adler32(bytes: Uint8Array<ArrayBuffer>): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let [a, b] = [1, 0];
  // One loop and not two: V8 leaves the optimized code of an inner loop at its end.
  for (let i = 0, step = WORDS_PER_STEP; i < words.length; i++) {
    if (i === step) {
      a %= MODULUS;
      b %= MODULUS;
      step += WORDS_PER_STEP;
    }
    const word = words[i]!;
    b += 4 * a;
    if (word === 0) continue;
    const odd = word & SECOND_BYTES; // the first and the third byte
    const even = word >>> 8 & SECOND_BYTES; // the second and the fourth
    // The high half of a product is the weighted sum of both halves: 4 × first + 2 × third, 3 × second + fourth, all.
    b += (Math.imul(odd, 0x4_0002) >>> 16) + (Math.imul(even, 0x3_0001) >>> 16);
    a += Math.imul(odd + even, 0x1_0001) >>> 16;
  }
  return ((b % MODULUS) * 2 ** 16 + a % MODULUS);
}
