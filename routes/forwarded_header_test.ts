import assert from "node:assert/strict";
import { forwardedElements } from "./forwarded_header.ts";

Deno.test("forwardedElements() reads the forms of RFC 7239, and returns nothing for other text", () => {
  for (
    const [header, elements] of [
      ["for=192.0.2.43", [{ for: "192.0.2.43" }]],
      ['For="[2001:db8:cafe::17]:4711"', [{ for: "[2001:db8:cafe::17]:4711" }]],
      ["for=192.0.2.60;proto=http;by=203.0.113.43", [{ for: "192.0.2.60", proto: "http", by: "203.0.113.43" }]],
      ["for=192.0.2.43, for=198.51.100.17", [{ for: "192.0.2.43" }, { for: "198.51.100.17" }]],
      ['host="a, b;c";proto=https', [{ host: "a, b;c", proto: "https" }]],
      ['for="a\\"b"', [{ for: 'a"b' }]],
      [null, []],
      ["", []],
      ["for", []],
      ["for=a b", []],
      ['for="a', []],
      ["for=a;", []],
      [";for=a", []],
    ] as const
  ) {
    assert.deepEqual(forwardedElements(header), elements, header ?? "none");
  }
});
