import assert from "node:assert/strict";
import { parseNetwork } from "../contract/network.ts";
import { Proxies } from "./proxies.ts";

const proxies = new Proxies(["10.0.0.0/8", "fd00::/8"].map((text) => parseNetwork(text)!));
const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } } as const);
const request = (headers: Record<string, string>) => new Request("http://localhost/", { headers });

Deno.test("clientOf() believes only trusted proxies, and takes the last untrusted address of their list", () => {
  const list = request({ "x-forwarded-for": "203.0.113.1, 203.0.113.2" });
  for (const peer of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3"]) {
    assert.equal(proxies.clientOf(list, from(peer)), "203.0.113.2", peer);
  }
  assert.equal(proxies.clientOf(list, from("fd00::9")), "203.0.113.2");
  for (const peer of ["198.51.100.7", "11.0.0.1"]) assert.equal(proxies.clientOf(list, from(peer)), peer);
  const chain = request({ "x-forwarded-for": "6.6.6.6, 203.0.113.2, 10.0.0.9,127.0.0.1" });
  assert.equal(proxies.clientOf(chain, from("10.0.0.8")), "203.0.113.2");
  assert.equal(proxies.clientOf(request({ "x-forwarded-for": "10.0.0.9" }), from("10.0.0.8")), "10.0.0.9");
  assert.equal(proxies.clientOf(request({}), from("10.0.0.8")), "10.0.0.8");
  assert.equal(proxies.clientOf(request({ "x-forwarded-for": "203.0.113.2:4711" }), from("::1")), "203.0.113.2");
  const forwarded = request({ forwarded: 'for=6.6.6.6, for="[2001:db8:1:2::5]:9"' });
  assert.equal(proxies.clientOf(forwarded, from("10.0.0.8")), "2001:db8:1:2::/64");
  assert.equal(proxies.clientOf(forwarded, from("8.8.8.8")), "8.8.8.8");
});

Deno.test("forwarded() and hostFor() use only the headers of trusted proxies, and prefer the older ones", () => {
  const told = (headers: Record<string, string>, peer = "10.0.0.8") => {
    const { isHttps, prefix } = proxies.forwarded(request(headers), from(peer));
    return [proxies.hostFor(request(headers), from(peer)), isHttps, prefix];
  };
  const older = {
    "x-forwarded-host": "maps.example.org, inner.example",
    "x-forwarded-proto": "HTTPS, http",
    "x-forwarded-prefix": "/weather/",
  };
  assert.deepEqual(told(older), ["maps.example.org", true, "/weather"]);
  assert.deepEqual(told(older, "198.51.100.7"), [null, false, ""]);
  assert.deepEqual(told({ forwarded: "for=6.6.6.6;host=maps.example.org;proto=https" }), [
    "maps.example.org",
    true,
    "",
  ]);
  // A proxy that writes the older headers passes on its client's Forwarded header.
  const mixed = { "x-forwarded-for": "203.0.113.1", forwarded: "host=evil.example;proto=https" };
  assert.deepEqual(told(mixed), [null, false, ""]);
  for (const prefix of ["weather", "//evil.example", "/api", '/"><script>', "/a/../b"]) {
    assert.deepEqual(told({ "x-forwarded-prefix": prefix }), [null, false, ""], prefix);
  }
});
