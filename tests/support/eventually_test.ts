import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";

const SOON = { withinMs: 100, everyMs: 5 };

Deno.test("eventually() fails with the description when a condition does not hold in time, or does not answer", async () => {
  const conditions: (() => boolean | Promise<boolean>)[] = [
    () => false,
    () => Promise.resolve(false),
    () => new Promise<boolean>(() => {}),
  ];
  for (const isSo of conditions) {
    await assert.rejects(
      eventually(isSo, "the cow flies", SOON),
      /^AssertionError.*: not within 0\.1 s: the cow flies$/,
    );
  }
});

Deno.test("eventually() returns as soon as the condition holds", async () => {
  let asked = 0;
  await eventually(() => ++asked === 3, "three times", SOON);
  assert.equal(asked, 3);
});
