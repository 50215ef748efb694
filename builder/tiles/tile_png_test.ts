import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { PNG_DECODERS } from "../../tests/support/png_decoders.ts";
import { TILE_SIZE_PX, TilePngEncoder } from "./tile_png.ts";

const TILE_PIXELS = TILE_SIZE_PX ** 2;

/** 256 entries that differ in each channel; entry 0 is transparent black, one more is translucent. */
const PALETTE = Uint8Array.from({ length: 256 * 4 }, (_, i) => {
  const entry = i >> 2;
  if (entry === 0) return 0;
  return [entry, 255 - entry, (entry * 7) & 255, entry === 3 ? 128 : 255][i & 3]!;
});

function rgbaOf(numbers: Uint8Array, palette: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(numbers.length * 4);
  numbers.forEach((number, i) => rgba.set(palette.subarray(number * 4, number * 4 + 4), i * 4));
  return rgba;
}

/** A tile with steps between any two numbers, repeated rows, and empty parts. */
function pattern(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: TILE_PIXELS }, (_, i) => {
    const [x, y] = [i % TILE_SIZE_PX, Math.floor(i / TILE_SIZE_PX)];
    return y < 100 ? 0 : y < 110 ? x & 255 : (x * x + 31 * y * y) & 255;
  });
}

for (const [name, decode] of Object.entries(PNG_DECODERS)) {
  Deno.test(`TilePngEncoder writes tiles that ${name} reads as the colours of their numbers`, async () => {
    const numbers = pattern();
    const png = new TilePngEncoder(PALETTE).encode(numbers);
    assert.ok(Buffer.from(await decode(png)).equals(rgbaOf(numbers, PALETTE)));
  });
}

Deno.test("TilePngEncoder writes tiles of any palette and any numbers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 256 }),
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      async (entries, drawn) => {
        const palette = PALETTE.slice(0, entries * 4);
        const numbers = Uint8Array.from({ length: TILE_PIXELS }, (_, i) => drawn[i % drawn.length]! % entries);
        const png = new TilePngEncoder(palette).encode(numbers);
        assert.ok(Buffer.from(await PNG_DECODERS.pngjs!(png)).equals(rgbaOf(numbers, palette)));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("TilePngEncoder writes the whole palette, and alpha up to the last entry that is not opaque", () => {
  const chunks = chunksOf(new TilePngEncoder(PALETTE).encode(pattern()));
  assert.deepEqual(chunks.map(({ type }) => type), ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
  assert.deepEqual(chunks[1]!.data, PALETTE.filter((_, i) => i % 4 !== 3));
  assert.deepEqual(chunks[2]!.data, Uint8Array.of(0, 255, 255, 128));
});

Deno.test("TilePngEncoder gives the same bytes for the same numbers, whatever it encoded before", () => {
  const numbers = pattern();
  const encoder = new TilePngEncoder(PALETTE);
  const first = encoder.encode(numbers);
  encoder.encode(numbers.slice().reverse());
  assert.deepEqual(encoder.encode(numbers), first);
  const unaligned = new Uint8Array(TILE_PIXELS + 1).subarray(1);
  unaligned.set(numbers);
  assert.deepEqual(encoder.encode(unaligned), first);
  assert.equal(first.byteLength, first.buffer.byteLength, "the bytes have their memory for themselves");
});

Deno.test("TilePngEncoder encodes a tile that is transparent everywhere once", () => {
  const encoder = new TilePngEncoder(PALETTE);
  const first = encoder.encode(new Uint8Array(TILE_PIXELS));
  assert.equal(encoder.encode(new Uint8Array(TILE_PIXELS)), first);
  const single = new Uint8Array(TILE_PIXELS);
  single[TILE_PIXELS - 1] = 1;
  assert.notDeepEqual(encoder.encode(single), first);
});

Deno.test("TilePngEncoder refuses palettes and tiles of a wrong size, and an entry 0 that is not transparent", () => {
  assert.throws(() => new TilePngEncoder(new Uint8Array()), RangeError);
  assert.throws(() => new TilePngEncoder(new Uint8Array(7)), RangeError);
  assert.throws(() => new TilePngEncoder(new Uint8Array(257 * 4)), RangeError);
  assert.throws(() => new TilePngEncoder(Uint8Array.of(1, 2, 3, 255)), /entry 0 has alpha 255/);
  assert.throws(() => new TilePngEncoder(PALETTE).encode(new Uint8Array(TILE_PIXELS - 1)), RangeError);
});

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

function chunksOf(png: Uint8Array<ArrayBuffer>): Chunk[] {
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  const found: Chunk[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    assert.equal(view.getUint32(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)));
    const type = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    found.push({ type, data: png.slice(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return found;
}
