import assert from "node:assert/strict";
import { type ByteSpan, contentRange, parseRange, unsatisfiable } from "./range.ts";

const VERSION = { etag: '"abc"', lastModified: "Tue, 17 Feb 2026 07:02:11 GMT" };

/** The range of a body of ten bytes, 0 to 9, that a request asks for. */
function rangeOf(range: string, headers: Record<string, string> = {}, method = "GET") {
  return parseRange(new Request("http://localhost/", { method, headers: { range, ...headers } }), 10, VERSION);
}

Deno.test("parseRange() returns the bytes of one range; its last byte is included, and cut at the end", () => {
  const cases: readonly [range: string, span: ByteSpan][] = [
    ["bytes=0-0", { start: 0, end: 1 }],
    ["bytes=2-5", { start: 2, end: 6 }],
    ["bytes=2-", { start: 2, end: 10 }],
    ["bytes=9-99", { start: 9, end: 10 }],
    ["bytes=-3", { start: 7, end: 10 }], // the last three bytes
    ["bytes=-99", { start: 0, end: 10 }],
    ["BYTES=2-5", { start: 2, end: 6 }],
  ];
  for (const [range, span] of cases) assert.deepEqual(rangeOf(range), span, range);
});

Deno.test("parseRange() is unsatisfiable when a range has no byte of the body", () => {
  for (const range of ["bytes=10-", "bytes=10-12", "bytes=-0"]) assert.equal(rangeOf(range), "unsatisfiable", range);
});

Deno.test("parseRange() returns null, for the whole body, when there is no range that it understands", () => {
  for (const range of ["", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=0"]) {
    assert.equal(rangeOf(range), null, range);
  }
  assert.equal(rangeOf("bytes=2-5", {}, "HEAD"), null);
});

Deno.test("parseRange() follows If-Range: a range of another version is answered with the whole body", () => {
  for (const version of Object.values(VERSION)) {
    assert.deepEqual(rangeOf("bytes=2-5", { "if-range": version }), { start: 2, end: 6 }, version);
  }
  for (const version of ['"other"', 'W/"abc"', "Tue, 17 Feb 2026 07:02:10 GMT"]) {
    assert.equal(rangeOf("bytes=2-5", { "if-range": version }), null, version);
  }
});

Deno.test("contentRange() and unsatisfiable() tell the client the size of the body", () => {
  assert.equal(contentRange({ start: 2, end: 6 }, 10), "bytes 2-5/10");
  const answer = unsatisfiable(10);
  assert.deepEqual([answer.status, answer.headers.get("content-range")], [416, "bytes */10"]);
});
