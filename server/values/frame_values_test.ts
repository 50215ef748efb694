import assert from "node:assert/strict";
import { frameOf } from "../../contract/identity.ts";
import { EXAMPLE_SIDECAR } from "../../tests/support/example_sidecar.ts";
import { FrameValues, parseValueMetadata } from "./frame_values.ts";
import type { ValueCog } from "./value_cog.ts";

/** Returns the answer for one exact value of a frame with these members of a sidecar. */
function answerFor(exact: number | null, members: object) {
  const metadata = parseValueMetadata(JSON.stringify({ ...EXAMPLE_SIDECAR, ...members }));
  const cog = { at: () => exact, byteLength: 0, holdsFile: false, [Symbol.dispose]: () => {} };
  using values = new FrameValues(frameOf(EXAMPLE_SIDECAR), metadata, cog as unknown as ValueCog);
  return values.at(0, 0);
}

const REFLECTIVITY = { units: "dBZ", precision: 0, undrawn: { below: 5, label: "No echo" } };

Deno.test("FrameValues.at() rounds to the variable's precision, and is null without a value", () => {
  assert.deepEqual(answerFor(41.249, { precision: 1 }), { value: 41.2 });
  assert.equal(answerFor(null, { precision: 1 }), null);
});

Deno.test("FrameValues.at() says in words that a value is not drawn, and gives the value all the same", () => {
  assert.deepEqual(answerFor(-10, REFLECTIVITY), { value: -10, label: "No echo" });
  assert.deepEqual(answerFor(5, REFLECTIVITY), { value: 5 });
  // Rounded it reads 5, but the map shows nothing.
  assert.deepEqual(answerFor(4.9, REFLECTIVITY), { value: 5, label: "No echo" });
});

Deno.test("FrameValues.at() takes a threshold that is missed by a rounding error of float32 as reached", () => {
  const amounts = { units: "in", precision: 2, undrawn: { below: 0.01, label: "Dry" } };
  assert.deepEqual(answerFor(Math.fround(0.01), amounts), { value: 0.01 });
  assert.deepEqual(answerFor(0.009999999, amounts), { value: 0.01 });
  assert.deepEqual(answerFor(0.00999, amounts), { value: 0.01, label: "Dry" });
});

Deno.test("FrameValues.at() prefers the label of a code", () => {
  const codes = {
    precision: 0,
    labels: { "0": "Dry", "124": "Rain, 24 dBZ" },
    undrawn: { below: 5, label: "No echo" },
  };
  assert.deepEqual(answerFor(0, codes), { value: 0, label: "Dry" });
  assert.deepEqual(answerFor(124, codes), { value: 124, label: "Rain, 24 dBZ" });
});
