import assert from "node:assert/strict";
import fc from "fast-check";
import { printable } from "./printable.ts";

Deno.test("printable() leaves ordinary text unchanged", () => {
  assert.equal(printable("TMP:2 m above ground, 3 °C … größer 温度"), "TMP:2 m above ground, 3 °C … größer 温度");
});

Deno.test("printable() removes every control over a terminal from a text", () => {
  assert.equal(printable("a\u001b[2Jb\r\nc\u009b31m\u0007"), "a\ufffd[2Jb\ufffd\ufffdc\ufffd31m\ufffd");
  assert.equal(printable("safe\u202egrib.exe"), "safe\ufffdgrib.exe");
});

Deno.test("printable() cuts a text that is too long, and marks the cut", () => {
  assert.equal(printable("abcdef", 6), "abcdef");
  assert.equal(printable("abcdefg", 6), "abcde…");
});

Deno.test("printable() gives one line of bounded length for any input", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 500, size: "max" }), (text) => {
    const line = printable(text, 100);
    assert.ok(line.length <= 100);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  }));
});
