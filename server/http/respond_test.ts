import assert from "node:assert/strict";
import { ADDRESS_HEADERS, respondText } from "./respond.ts";

Deno.test("respondText() compresses texts that are long enough, under a separate ETag", async () => {
  const long = "weather ".repeat(1000);
  const ask = (text: string, coding: string, etag = "") =>
    respondText(
      new Request("http://localhost/", { headers: { "accept-encoding": coding, "if-none-match": etag } }),
      text,
      "text/plain",
      { cacheControl: "no-store" },
    );
  const [plain, packed, short] = [ask(long, ""), ask(long, "gzip"), ask("short", "gzip")];
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(short.headers.get("content-encoding"), null);
  assert.notEqual(plain.headers.get("etag"), packed.headers.get("etag"));
  assert.equal(ask(long, "gzip", packed.headers.get("etag")!).status, 304);
  assert.equal(ask(long, "", packed.headers.get("etag")!).status, 200);
  assert.equal(ask(long, "", packed.headers.get("etag")!).headers.get("vary"), "accept-encoding");
  assert.equal(await plain.text(), long);
  // All names are in one line, in addition to the other headers that the answer depends on.
  for (const text of [long, "short"]) {
    const options = { cacheControl: "no-store", variesBy: ADDRESS_HEADERS };
    const own = respondText(new Request("http://localhost/"), text, "text/plain", options).headers.get("vary");
    assert.equal(own, [...(text === long ? ["accept-encoding"] : []), ...ADDRESS_HEADERS].join(", "));
  }
});
