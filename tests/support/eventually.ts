import assert from "node:assert/strict";

const WITHIN_MS = 60_000;
const EVERY_MS = 20;

/**
 * Waits until something is so. What never comes to be so fails here by its name: a test that waits for ever holds up all.
 * @param what in words, for the failure; a function when more is known by then; default: the condition itself
 */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string | (() => string) = () => isSo.toString(),
  { withinMs = WITHIN_MS, everyMs = EVERY_MS } = {},
): Promise<void> {
  const fail = () => assert.fail(`not within ${withinMs / 1000} s: ${typeof what === "string" ? what : what()}`);
  let deadline: ReturnType<typeof setTimeout>;
  // A condition that does not answer is not so either.
  const overdue = new Promise<"overdue">((resolve) => deadline = setTimeout(() => resolve("overdue"), withinMs));
  try {
    while (true) {
      const answer = await Promise.race([isSo(), overdue]);
      if (answer === "overdue") fail();
      if (answer) return;
      await new Promise((wake) => setTimeout(wake, everyMs));
    }
  } finally {
    clearTimeout(deadline!);
  }
}
