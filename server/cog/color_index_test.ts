import assert from "node:assert/strict";
import { ColorIndex } from "./color_index.ts";

/** RGBA words in memory order, on a little-endian machine: alpha is the highest byte. */
const [CLEAR, RED, GREEN, BLUE] = [0, 0xff0000ff, 0xff00ff00, 0xffff0000];

/** Returns different opaque colours. */
const grays = (count: number) => Uint32Array.from({ length: count }, (_, i) => 0xff000000 + i * 0x010101);

Deno.test("ColorIndex numbers colours in the order of their use, and 0 is transparent", () => {
  const index = new ColorIndex();
  assert.deepEqual([...index.indexBlock(Uint32Array.of(RED, RED, CLEAR, BLUE))!], [1, 1, 0, 2]);
  assert.deepEqual([...index.indexBlock(Uint32Array.of(GREEN, BLUE, RED))!], [3, 2, 1]); // the image's next block
  assert.deepEqual([...index.colors.subarray(0, 4)], [CLEAR, RED, BLUE, GREEN]);
});

Deno.test("ColorIndex takes a transparent pixel with a colour for a colour of its own", () => {
  const index = new ColorIndex();
  assert.deepEqual([...index.indexBlock(Uint32Array.of(CLEAR, 0x000000ff, CLEAR))!], [0, 1, 0]);
});

Deno.test("ColorIndex has room for 255 colours", () => {
  const words = grays(255);
  const index = new ColorIndex();
  const indices = index.indexBlock(words)!;
  assert.deepEqual(indices, Uint8Array.from(words, (_, i) => i + 1));
  assert.deepEqual(Uint32Array.from(indices, (number) => index.colors[number]!), words);
  // Also when they come 512 pixels apart, each in a part of its own.
  const spread = Uint32Array.from({ length: 255 * 512 }, (_, i) => words[Math.floor(i / 512)]!);
  assert.deepEqual(new ColorIndex().indexBlock(spread), Uint8Array.from(spread, (word) => (word & 0xff) + 1));
});

Deno.test("ColorIndex tells colours apart that its first hash puts into one slot, or into the slot of transparency", () => {
  const pair = Uint32Array.of(0xff000000, 0xff002ac2, 0xff000000); // slot 5056 of 16,384
  assert.deepEqual([...new ColorIndex().indexBlock(pair)!], [1, 2, 1]);
  const withClear = Uint32Array.of(0xff001ebc, CLEAR); // slot 0
  assert.deepEqual([...new ColorIndex().indexBlock(withClear)!], [1, 0]);
});

Deno.test("ColorIndex refuses the block with the 256th colour, and still indexes blocks of the colours it knows", () => {
  const words = grays(256);
  const index = new ColorIndex();
  index.indexBlock(words.subarray(0, 255));
  assert.equal(index.indexBlock(words), null);
  assert.deepEqual([...index.indexBlock(words.subarray(253, 255))!], [254, 255]);
});
