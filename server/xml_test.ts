import assert from "node:assert/strict";
import { xmlText } from "./xml.ts";

Deno.test("xmlText() escapes what has a meaning, and leaves out what XML has no way to write", () => {
  assert.equal(xmlText(`a<b> & "c" é`), "a&lt;b&gt; &amp; &quot;c&quot; é");
  assert.equal(xmlText("a\u0000b\u001bc\ud800d\nе😀"), "abcd\nе😀");
});
