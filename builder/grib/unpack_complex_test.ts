import assert from "node:assert/strict";
import { type Bytes, packMessage } from "../../tests/support/packed_message.ts";
import { decodeField } from "./decode_field.ts";
import { fieldHeaders } from "./field_header.ts";

const PACKINGS = ["complex", "first differences", "second differences"] as const;
/** More points than are unpacked together, in groups that the parts divide. */
const [WIDTH, HEIGHT] = [131, 77];

function decode(message: Bytes): Float32Array {
  return decodeField(message, fieldHeaders(message, "m")[0]!, "a message").values;
}

for (const packing of PACKINGS) {
  for (const bits of [0, 1, 7, 8, 16, 24, 25, 26, 28]) {
    Deno.test(`decodeField() unpacks values of ${bits} bits that were packed as ${packing}`, () => {
      const values = Array.from({ length: WIDTH * HEIGHT }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0 >>> 4)
        .map((value) => Math.floor(value / 2 ** (28 - bits)));
      const message = packMessage({ width: WIDTH, height: HEIGHT, packing, values, missing: "none" });
      assert.deepEqual(decode(message), Float32Array.from(values));
    });
  }
}

Deno.test("decodeField() fills a field without groups with the reference value", () => {
  for (const packing of PACKINGS) {
    const values = new Array(64).fill(300);
    const message = packMessage({ width: 8, height: 8, packing, values, missing: "none" });
    const { representation, data } = fieldHeaders(message, "m")[0]!.sections;
    const empty = Uint8Array.of(...message.slice(0, data), 0, 0, 0, 5, 7, 0x37, 0x37, 0x37, 0x37);
    const view = new DataView(empty.buffer);
    view.setBigUint64(8, BigInt(empty.length));
    view.setFloat32(representation + 11, 3000);
    view.setUint16(representation + 17, 1); // decimal scale
    view.setUint32(representation + 31, 0); // groups
    assert.deepEqual([...decode(empty)], values, packing);
  }
});

Deno.test("decodeField() refuses differences that add up to more than any packed integer", () => {
  const values = Array.from({ length: 64 }, (_, i) => (i % 2) * 1000);
  const message = packMessage({ width: 8, height: 8, packing: "second differences", values, missing: "none" });
  const { data } = fieldHeaders(message, "m")[0]!.sections;
  // The smallest difference follows two first values of four bytes.
  new DataView(message.buffer).setUint32(data + 5 + 8, 0x7fffffff);
  assert.throws(() => decode(message), /^BadGribError: .*differences that add up to [0-9]+, expected at most 2\^33/);
});

Deno.test("decodeField() refuses scale factors whose values no float32 holds", () => {
  const values = Array.from({ length: 64 }, (_, i) => i);
  const message = packMessage({ width: 8, height: 8, packing: "complex", values, missing: "none" });
  const { representation } = fieldHeaders(message, "m")[0]!.sections;
  new DataView(message.buffer).setUint16(representation + 15, 94);
  assert.deepEqual(decode(message), Float32Array.from(values, (value) => value * 2 ** 94));
  new DataView(message.buffer).setUint16(representation + 15, 95);
  assert.throws(() => decode(message), /^BadGribError: .*scale factors for values up to 3\.40e\+38, expected/);
});
