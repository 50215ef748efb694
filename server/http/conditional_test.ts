import assert from "node:assert/strict";
import { isNotModified, OF_ADDRESS, textAnswer } from "./conditional.ts";

const ETAG = '"abc-123"';
const asked = (header: string | null) =>
  new Request("http://localhost/", { headers: header === null ? {} : { "if-none-match": header } });

Deno.test("isNotModified() compares weakly, with each of a list, and takes `*` for any", () => {
  for (const header of [ETAG, `W/${ETAG}`, `"x", ${ETAG}`, `W/"x" ,W/${ETAG}`, ` ${ETAG} `, "*", " * "]) {
    assert.equal(isNotModified(asked(header), ETAG), true, header);
  }
  for (const header of [null, "", '"abc"', "abc-123", 'W/"abc"', '"abc-123', ",", '"*"']) {
    assert.equal(isNotModified(asked(header), ETAG), false, String(header));
  }
});

Deno.test("textAnswer() compresses what is worth it, under an ETag of its own", async () => {
  const headers = { "content-type": "text/plain", "cache-control": "no-store" };
  const long = "weather ".repeat(1000);
  const ask = (text: string, coding: string, etag = "") =>
    textAnswer(
      new Request("http://localhost/", { headers: { "accept-encoding": coding, "if-none-match": etag } }),
      text,
      headers,
    );
  const [plain, packed, short] = [ask(long, ""), ask(long, "gzip"), ask("short", "gzip")];
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(short.headers.get("content-encoding"), null);
  assert.notEqual(plain.headers.get("etag"), packed.headers.get("etag"));
  assert.equal(ask(long, "gzip", packed.headers.get("etag")!).status, 304);
  assert.equal(ask(long, "", packed.headers.get("etag")!).status, 200);
  assert.equal(ask(long, "", packed.headers.get("etag")!).headers.get("vary"), "accept-encoding");
  assert.equal(await plain.text(), long);
  // In one line, whatever else it varies by.
  for (const text of [long, "short"]) {
    const own = textAnswer(new Request("http://localhost/"), text, headers, OF_ADDRESS).headers.get("vary");
    assert.equal(own, text === long ? "accept-encoding, host, x-forwarded-proto" : "host, x-forwarded-proto");
  }
});
