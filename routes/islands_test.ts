import assert from "node:assert/strict";
import { scriptJson } from "./islands.tsx";

Deno.test("scriptJson() gives JSON that cannot close a script element and has no line breaks", () => {
  const value = { text: "</script><!-- \u2028\u2029 <b>" };
  const text = scriptJson(value);
  assert.doesNotMatch(text, /[<\u2028\u2029]/);
  assert.deepEqual(JSON.parse(text), value);
});
