import assert from "node:assert/strict";
import fc from "fast-check";
import { predictFloats, restoreFloats } from "./float_predictor.ts";

Deno.test("predictFloats() sorts a row's bytes by significance and stores their differences", () => {
  const bytes = new Uint8Array(8);
  predictFloats(Float32Array.of(1, -2), 2, bytes); // 3f 80 00 00, c0 00 00 00
  assert.deepEqual([...bytes], [0x3f, 0xc0 - 0x3f, 0x80 + 0x100 - 0xc0, 0x80, 0, 0, 0, 0]);
});

Deno.test("restoreFloats() returns the values that predictFloats() was given, bit by bit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), fc.infiniteStream(fc.integer()), (
      width,
      height,
      numbers,
    ) => {
      const words = Int32Array.from({ length: width * height }, () => numbers.next().value as number);
      const bytes = new Uint8Array(words.length * 4);
      predictFloats(new Float32Array(words.buffer), width, bytes);
      assert.deepEqual(new Int32Array(restoreFloats(bytes, width).buffer), words);
    }),
  );
});
