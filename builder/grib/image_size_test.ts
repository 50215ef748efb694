import assert from "node:assert/strict";
import { requireImageSize } from "./image_size.ts";
import { BadGribError } from "./messages.ts";
import { JPEG_2000, type Packing, PNG } from "./packing.ts";

/** Section 7 with the start of an image of 3 × 4 pixels; a JPEG 2000 image has an offset. */
const IMAGES: Readonly<Record<number, readonly number[]>> = {
  [PNG]: [0x89504e47, 0x0d0a1a0a, 13, 0x49484452, 3, 4],
  [JPEG_2000]: [0xff4fff51, 0x00290000, 5, 10, 2, 6],
};

function check(template: number, words: readonly number[], packing: Partial<Packing> = {}): void {
  const view = new DataView(new ArrayBuffer(5 + words.length * 4));
  view.setUint32(0, view.byteLength);
  words.forEach((word, i) => view.setUint32(5 + i * 4, word));
  requireImageSize(view, {
    sections: { grid: 0, representation: 0, bitmap: 0, data: 0 },
    packing: { template, count: 12, bits: 8, ...packing } as Packing,
  });
}

Deno.test("requireImageSize() accepts an image with one pixel for each value, and a field without an image", () => {
  check(PNG, IMAGES[PNG]!);
  check(JPEG_2000, IMAGES[JPEG_2000]!);
  check(PNG, [], { bits: 0 });
});

Deno.test("requireImageSize() refuses an image of another size, and data that is no such image", () => {
  const refuses = (template: number, words: readonly number[], count: number, message: RegExp) =>
    assert.throws(
      () => check(template, words, { count }),
      (error) => error instanceof BadGribError && message.test(error.message),
    );
  refuses(PNG, IMAGES[PNG]!, 13, /^an image of 12 pixels, expected 13 pixels$/);
  refuses(JPEG_2000, IMAGES[JPEG_2000]!, 11, /^an image of 12 pixels, expected 11 pixels$/);
  refuses(PNG, IMAGES[JPEG_2000]!, 12, /^no 41 \(PNG\) header, expected 12 pixels$/);
  refuses(JPEG_2000, IMAGES[PNG]!, 12, /^no 40 \(JPEG 2000\) header, expected 12 pixels$/);
  refuses(PNG, IMAGES[PNG]!.slice(0, 5), 12, /^no 41 \(PNG\) header/);
});
