import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { adler32 } from "./adler32.ts";

/** Returns the checksum at the end of zlib's own stream. */
function zlibChecksum(bytes: Uint8Array): number {
  const stream = deflateSync(bytes);
  return new DataView(stream.buffer, stream.byteOffset + stream.length - 4, 4).getUint32(0);
}

Deno.test("adler32() is zlib's checksum, for the largest sums, zeros, random bytes and sizes around its step", () => {
  let seed = 1;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) >>> 24;
  const kinds: ((i: number) => number)[] = [() => 255, () => 0, random, (i) => i % 97 < 60 ? 0 : random()];
  for (const length of [0, 4, 3196, 3200, 3204, 6400, 1 << 20]) {
    for (const byteAt of kinds) {
      const bytes = Uint8Array.from({ length }, (_, i) => byteAt(i));
      assert.equal(adler32(bytes), zlibChecksum(bytes), `${length} bytes`);
    }
  }
});
