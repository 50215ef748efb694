import assert from "node:assert/strict";
import { legendTicks } from "./legend.ts";

Deno.test("legendTicks() returns about nine round numbers within the range", () => {
  assert.deepEqual(legendTicks(-40, 122.5), [-40, -20, 0, 20, 40, 60, 80, 100, 120]);
  assert.deepEqual(legendTicks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(legendTicks(0.05, 0.35), [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
  for (const [min, max] of [[-3, 7], [960, 1060], [0, 0.003], [5, 75], [0, 6000]] as const) {
    const ticks = legendTicks(min, max);
    assert.ok(ticks.length >= 4 && ticks.length <= 11, `${min} to ${max}: ${ticks}`);
    assert.ok(
      ticks[0]! >= min && ticks.at(-1)! <= max && ticks.every((tick) => String(tick).length < 8),
      String(ticks),
    );
  }
});
