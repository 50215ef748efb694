import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { clearCompressedTexts, compressedTextBytes, KeptBody, PlainBody, TextBody } from "./encoded_body.ts";

/** Bytes of ASCII text: as many as it has letters. */
const LEAST = "x".repeat(1024);

Deno.test("PlainBody sends its bytes unchanged in every coding", () => {
  const png = Uint8Array.of(0x89, 0x50);
  const body = new PlainBody(png, "image/png");
  assert.equal(body.isCompressible, false);
  assert.equal(body.as(), png);
});

Deno.test("KeptBody makes each coding once, and keeps the ETag of the uncompressed bytes", () => {
  const bytes = new TextEncoder().encode(LEAST);
  const body = new KeptBody(bytes, "text/css");
  assert.equal(body.as("identity"), bytes);
  const gzip = body.as("gzip");
  assert.equal(body.as("gzip"), gzip);
  assert.notEqual(body.as("br"), gzip);
  assert.deepEqual(new Uint8Array(gunzipSync(gzip)), bytes);
  assert.equal(body.etag, new PlainBody(bytes, "text/css").etag);
});

Deno.test("TextBody is compressible from 1024 bytes on, and not when it fits into a packet", () => {
  assert.equal(new TextBody(LEAST, "text/plain", false).isCompressible, true);
  assert.equal(new TextBody(LEAST.slice(1), "text/plain", false).isCompressible, false);
  assert.equal(new TextBody("é".repeat(512), "text/plain", false).isCompressible, true); // two bytes each
});

Deno.test("TextBody shares the compressed form of equal texts that are likely to be requested again", () => {
  clearCompressedTexts();
  const gzipOf = (text: string, isRepeated: boolean) => new TextBody(text, "text/plain", isRepeated).as("gzip");
  const once = gzipOf(LEAST, false);
  assert.equal(compressedTextBytes(), 0);
  const kept = gzipOf(LEAST, true);
  assert.deepEqual(kept, once);
  assert.equal(compressedTextBytes(), kept.length);
  assert.equal(gzipOf(LEAST, true), kept);
  assert.notEqual(gzipOf(`${LEAST}!`, true), kept);
  clearCompressedTexts();
  assert.equal(compressedTextBytes(), 0);
});
