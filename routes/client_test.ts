import assert from "node:assert/strict";
import { isFromThisMachine, networkOf, peerOf } from "./client.ts";

const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 40_000 } } as const);
const request = (headers: Record<string, string> = {}) => new Request("http://localhost/", { headers });

Deno.test("networkOf() returns the /64 of an IPv6 address, and an IPv4 address unchanged, in every notation", () => {
  for (
    const [address, network] of [
      ["203.0.113.9", "203.0.113.9"],
      ["::ffff:203.0.113.9", "203.0.113.9"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
      ["2001:db8::1", "2001:db8:0:0::/64"],
      ["fe80::1:2:3:4", "fe80:0:0:0::/64"],
      ["::1", "0:0:0:0::/64"],
      ["unknown", "unknown"],
    ] as const
  ) {
    assert.equal(networkOf(address), network);
  }
});

Deno.test("isFromThisMachine() is true only for a loopback address, which no header says to be a proxy or a page", () => {
  assert.equal(isFromThisMachine(request(), from("127.0.0.1")), true);
  assert.equal(isFromThisMachine(request(), from("::1")), true);
  assert.equal(isFromThisMachine(request(), from("192.168.1.20")), false);
  for (const name of ["x-forwarded-for", "x-forwarded-host", "forwarded", "via", "origin"]) {
    assert.equal(isFromThisMachine(request({ [name]: "x" }), from("127.0.0.1")), false, name);
  }
});

Deno.test("peerOf() returns the address of a connection, and `unknown` for a connection without one", () => {
  assert.equal(peerOf(from("203.0.113.9")), "203.0.113.9");
  assert.equal(peerOf({ remoteAddr: { transport: "unix", path: "/run/twf.sock" } }), "unknown");
  assert.equal(peerOf(undefined), "unknown");
});
