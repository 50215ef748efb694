import assert from "node:assert/strict";
import { conditionalAnswer } from "./conditional.ts";

const ETAG = '"abc-123"';
const BUILT = "Tue, 17 Feb 2026 07:02:11 GMT";
const VALIDATORS = { etag: ETAG, cacheControl: "max-age=60", vary: "accept-encoding", lastModified: BUILT };
const status = (headers: HeadersInit, validators: { etag: string; cacheControl: string } = VALIDATORS) =>
  conditionalAnswer(new Request("http://localhost/", { headers }), validators)?.status ?? 200;

Deno.test("If-None-Match is compared weakly, with each ETag of a list, and `*` matches any", () => {
  for (const header of [ETAG, `W/${ETAG}`, `"x", ${ETAG}`, `W/"x" ,W/${ETAG}`, ` ${ETAG} `, "*", " * "]) {
    assert.equal(status({ "if-none-match": header }), 304, header);
  }
  for (const header of ["", '"abc"', "abc-123", 'W/"abc"', '"abc-123', ",", '"*"']) {
    assert.equal(status({ "if-none-match": header }), 200, header);
  }
});

Deno.test("If-Match wants this version, with a strong comparison", () => {
  for (const header of [ETAG, `"x", ${ETAG}`, "*"]) assert.equal(status({ "if-match": header }), 200, header);
  for (const header of ['"x"', `W/${ETAG}`, ""]) assert.equal(status({ "if-match": header }), 412, header);
  assert.equal(status({ "if-match": ETAG, "if-none-match": ETAG }), 304);
});

Deno.test("dates are compared to the second when there is no ETag, and an invalid date is ignored", () => {
  const [before, after] = ["Tue, 17 Feb 2026 07:02:10 GMT", "Tue, 17 Feb 2026 07:02:12 GMT"];
  const since = [before, BUILT, after, "soon", ""].map((date) => status({ "if-modified-since": date }));
  assert.deepEqual(since, [200, 304, 304, 200, 200]);
  const unmodified = [before, BUILT, after, "soon"].map((date) => status({ "if-unmodified-since": date }));
  assert.deepEqual(unmodified, [412, 200, 200, 200]);
  assert.equal(status({ "if-none-match": '"x"', "if-modified-since": after }), 200);
  assert.equal(status({ "if-match": ETAG, "if-unmodified-since": before }), 200);
  assert.equal(status({ "if-modified-since": after }, { etag: ETAG, cacheControl: "no-cache" }), 200);
});

Deno.test("a 304 answer has the headers that caches use", () => {
  const request = new Request("http://localhost/", { headers: { "if-none-match": "*" } });
  assert.deepEqual(Object.fromEntries(conditionalAnswer(request, VALIDATORS)!.headers), {
    etag: ETAG,
    "cache-control": "max-age=60",
    vary: "accept-encoding",
    "last-modified": BUILT,
  });
});
