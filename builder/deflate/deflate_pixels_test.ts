import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { inflate } from "../gdal/inflate.ts";
import { PixelDeflater } from "./deflate_pixels.ts";
import { zlibStream } from "./zlib_stream.ts";

/** 256 colours that differ in each channel. */
const COLORS = Uint32Array.from({ length: 256 }, (_, i) => Math.imul(i, 0x9e37_79b1) >>> 0);

function pixelsOf(numbers: Uint8Array, colors: Uint32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.from(numbers, (number) => colors[number]!).buffer);
}

/** Checks that zlib and GDAL's decompressor read an image back. */
function requireRoundTrip(numbers: Uint8Array, width: number, colors = COLORS): void {
  const deflated = new PixelDeflater(colors).deflate(numbers, width);
  const pixels = pixelsOf(numbers, colors);
  assert.equal(Buffer.compare(inflateRawSync(deflated), pixels), 0, "zlib");
  assert.equal(Buffer.compare(inflate(zlibStream([deflated], pixels), pixels.length), pixels), 0, "GDAL");
}

Deno.test("PixelDeflater writes streams of any image that zlib and GDAL read", () => {
  const drawn = fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 600 }), (runs, width) => {
      requireRoundTrip(Uint8Array.from(runs.flatMap(([number, length]) => Array(length).fill(number))), width);
    }),
    { numRuns: 100 },
  );
});

Deno.test("PixelDeflater writes noise, one colour, repeated rows, and repetitions at the edge of the window", () => {
  let seed = 1;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) >>> 24;
  const noise = Uint8Array.from({ length: 512 * 512 }, random);
  requireRoundTrip(noise, 512);
  requireRoundTrip(new Uint8Array(512 * 512).fill(7), 512);
  requireRoundTrip(Uint8Array.from({ length: 512 * 512 }, (_, i) => noise[i % 512]!), 512);
  for (const distance of [8191, 8192, 8193]) {
    requireRoundTrip(Uint8Array.from({ length: 30_000 }, (_, i) => noise[i % distance]!), 512);
  }
  requireRoundTrip(Uint8Array.of(3), 512);
  requireRoundTrip(new Uint8Array(100), 512, Uint32Array.of(0));
});

Deno.test("PixelDeflater gives the same bytes for the same image, whatever it deflated before", () => {
  const image = Uint8Array.from({ length: 4096 }, (_, i) => (i * i) >> 6);
  const deflater = new PixelDeflater(COLORS);
  const first = deflater.deflate(image, 64).slice();
  deflater.deflate(image.toReversed(), 64);
  assert.deepEqual(deflater.deflate(image, 64), first);
});

Deno.test("PixelDeflater refuses more than 256 colours", () => {
  assert.throws(() => new PixelDeflater(new Uint32Array(257)), RangeError);
});
