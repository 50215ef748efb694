import assert from "node:assert/strict";
import { ALL_CASES, gateCases, repetitions } from "./gate_cases.ts";

Deno.test("gateCases() and repetitions() give a part in the gate, and everything with --all", () => {
  const before = Deno.env.get(ALL_CASES);
  try {
    Deno.env.delete(ALL_CASES);
    assert.deepEqual(gateCases(["a", "b", "c", "d", "e"], 3), ["a", "d"]);
    assert.equal(repetitions({ inGate: 5, all: 100 }), 5);
    Deno.env.set(ALL_CASES, "1");
    assert.deepEqual(gateCases(["a", "b", "c"], 3), ["a", "b", "c"]);
    assert.equal(repetitions({ inGate: 5, all: 100 }), 100);
  } finally {
    if (before === undefined) Deno.env.delete(ALL_CASES);
    else Deno.env.set(ALL_CASES, before);
  }
});
