import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { checkPng } from "./check_png.ts";
import { encodePalettePng } from "./png.ts";

const SIGNATURE_BYTES = 8;
const HEADER_CHUNK_BYTES = 25;
const END_BYTES = 12;

/** A tile of two by two pixels: signature, header, palette, pixels, end. */
const PNG = encodePalettePng(2, 2, new Uint8Array(6), Uint32Array.of(0xff00ff00));
const HEADER = PNG.subarray(SIGNATURE_BYTES, SIGNATURE_BYTES + HEADER_CHUNK_BYTES);
const UNTIL_END = PNG.subarray(0, -END_BYTES);
const END = PNG.subarray(-END_BYTES);

/** A chunk without data. */
function emptyChunk(type: string): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set(new TextEncoder().encode(type), 4);
  new DataView(bytes.buffer).setUint32(8, crc32(bytes.subarray(4, 8)));
  return bytes;
}

const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

Deno.test("checkPng() accepts a complete PNG of the tile's size, also with chunks that it does not know", () => {
  checkPng(PNG, 2);
  checkPng(joined(UNTIL_END, emptyChunk("tEXt"), END), 2);
});

Deno.test("checkPng() names what is wrong with bytes that are not such a PNG", () => {
  const many = Array.from({ length: 32 }, () => emptyChunk("tEXt"));
  const cases: readonly [bytes: Uint8Array, defect: RegExp][] = [
    [new Uint8Array(), /^TypeError: the tile is not a PNG$/],
    [joined(Uint8Array.of(0), PNG), /^TypeError: the tile is not a PNG$/],
    [UNTIL_END, /the PNG is truncated$/],
    [PNG.subarray(0, -1), /the PNG is truncated$/],
    [PNG.subarray(0, SIGNATURE_BYTES + 20), /the PNG has a truncated chunk$/],
    [PNG.with(SIGNATURE_BYTES + HEADER_CHUNK_BYTES + 8, 99), /chunk 1 of the PNG is damaged$/],
    [joined(PNG.subarray(0, 8), END), /the PNG's header is not the first chunk, or is repeated$/],
    [joined(UNTIL_END, HEADER, END), /the PNG's header is not the first chunk, or is repeated$/],
    [joined(PNG.subarray(0, SIGNATURE_BYTES + HEADER_CHUNK_BYTES), END), /the PNG has no pixels$/],
    [joined(PNG, Uint8Array.of(1, 2)), /the PNG has 2 bytes after its end$/],
    [joined(UNTIL_END, ...many, END), /the PNG has more than 32 chunks$/],
    [joined(PNG.subarray(0, 8), emptyChunk("IHDR")), /the PNG has a header of 0 bytes: expected 13$/],
  ];
  for (const [bytes, defect] of cases) assert.throws(() => checkPng(bytes, 2), defect);
  assert.throws(() => checkPng(PNG, 512), /the PNG has 2 × 2 pixels: expected 512 × 512$/);
});
