import assert from "node:assert/strict";
import { isNetworkError, messageOf } from "./describe_error.ts";

Deno.test("isNetworkError() knows the TypeErrors of fetch in Chromium, Firefox and Safari, and no other", () => {
  for (const message of ["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"]) {
    assert.equal(isNetworkError(new TypeError(message)), true, message);
    assert.equal(isNetworkError(new Error(message)), false, message);
  }
  assert.equal(isNetworkError(new TypeError("frame is undefined")), false);
});

Deno.test("messageOf() describes network, status and timeout in words, and gives other messages as they are", () => {
  assert.equal(messageOf(new TypeError("Failed to fetch")), "the server cannot be reached");
  assert.equal(messageOf({ status: 503 }), "the server answered 503");
  assert.equal(messageOf(new DOMException("signal timed out", "TimeoutError")), "the server did not answer in time");
  assert.equal(messageOf(new Error("a tile could not be decoded")), "a tile could not be decoded");
  assert.deepEqual(["text", null, undefined].map(messageOf), ["text", "null", "undefined"]);
});
