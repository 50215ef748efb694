import assert from "node:assert/strict";
import fc from "fast-check";
import { bitsAt, PackedIntegers, readRun } from "./bits.ts";

/** Returns a view of an integer after `before` zero bits, and between set bits if `filler` is 1. */
function written(value: number, bits: number, before: number, filler: 0 | 1): DataView {
  const text = String(filler).repeat(before) + (bits === 0 ? "" : value.toString(2).padStart(bits, "0"));
  const whole = text.padEnd(Math.ceil(text.length / 8) * 8, String(filler));
  const bytes = whole.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  return new DataView(Uint8Array.from([...bytes, 255, 255, 255, 255]).buffer);
}

Deno.test("bitsAt() reads integers of 0 to 32 bits that begin at any bit of a byte", () => {
  for (let bits = 0; bits <= 32; bits++) {
    for (let before = 0; before < 16; before++) {
      for (const value of [0, 1, 2 ** bits - 1, Math.floor(0x9d3c5a71 / 2 ** (32 - bits))]) {
        if (value > 2 ** bits - 1) continue;
        for (const filler of [0, 1] as const) {
          const view = written(value, bits, before, filler);
          assert.equal(bitsAt(view, before, bits), value, `${value} in ${bits} bits after ${before}`);
        }
      }
    }
  }
});

Deno.test("bitsAt() throws a RangeError beyond the end of the view", () => {
  const view = new DataView(new ArrayBuffer(8));
  assert.throws(() => bitsAt(view, 40, 1), RangeError);
  assert.throws(() => bitsAt(view, 35, 30), RangeError);
});

Deno.test("readRun() and PackedIntegers read what bitsAt() reads, and readRun() only the asked part", () => {
  const bytes = fc.uint8Array({ minLength: 200, maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.integer({ min: 0, max: 32 }), fc.integer({ min: 0, max: 30 }), (bytes, bits, firstByte) => {
      const view = new DataView(bytes.slice().buffer);
      const integers = new PackedIntegers(view, firstByte, bits);
      const into = new Float64Array(40).fill(-1);
      readRun(view, { firstBit: firstByte * 8 + bits, bits, addend: 7 }, into, 2, 32);
      for (let i = 0; i < 30; i++) {
        const expected = bitsAt(view, firstByte * 8 + (i + 1) * bits, bits);
        assert.equal(integers.at(i + 1), expected);
        assert.equal(into[i + 2], expected + 7);
      }
      assert.deepEqual([...into.slice(0, 2), ...into.slice(32)], new Array(10).fill(-1));
    }),
  );
});
