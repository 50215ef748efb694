import assert from "node:assert/strict";

const WITHIN_MS = 60_000;
const EVERY_MS = 20;

/**
 * Waits until a condition holds. A condition that never holds fails here with its description: a test that waits
 * forever holds up all tests.
 * @param what description of the condition, for the failure; a function if it depends on the final state; default: its
 * source
 */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string | (() => string) = () => isSo.toString(),
  { withinMs = WITHIN_MS, everyMs = EVERY_MS } = {},
): Promise<void> {
  const fail = () => assert.fail(`not within ${withinMs / 1000} s: ${typeof what === "string" ? what : what()}`);
  let deadline: ReturnType<typeof setTimeout>;
  // A condition that does not answer does not hold either.
  const overdue = new Promise<"overdue">((resolve) => deadline = setTimeout(() => resolve("overdue"), withinMs));
  try {
    while (true) {
      // The deadline comes first: of two settled promises the race takes the first, and a condition is often settled.
      const answer = await Promise.race([overdue, isSo()]);
      if (answer === "overdue") fail();
      if (answer) return;
      await new Promise((wake) => setTimeout(wake, everyMs));
    }
  } finally {
    clearTimeout(deadline!);
  }
}
