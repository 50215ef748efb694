import assert from "node:assert/strict";
import { xmlText } from "./xml.ts";

Deno.test("xmlText() escapes special characters, and removes characters that XML cannot represent", () => {
  assert.equal(xmlText(`a<b> & "c" é`), "a&lt;b&gt; &amp; &quot;c&quot; é");
  assert.equal(xmlText("a\u0000b\u001bc\ud800d\nе😀"), "abcd\nе😀");
});
