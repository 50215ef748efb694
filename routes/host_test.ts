import assert from "node:assert/strict";
import { parsePublicUrl } from "../contract/public_url.ts";
import { Hosts } from "./host.ts";
import { Proxies } from "./proxies.ts";

const hostsOf = (...urls: string[]) => new Hosts(urls.map((url) => parsePublicUrl(url)!), new Proxies([]));
const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } } as const);
const request = (host: string, headers: Record<string, string> = {}) =>
  new Request("http://localhost/", { headers: { host, ...headers } });
/** Returns the status of the refusal of a host; null for a host that is answered. */
const refusalOf = (hosts: Hosts, host: string) => hosts.refusal(request(host), from("198.51.100.7"))?.status ?? null;

Deno.test("refusal() lets pass the hosts of the public URLs and local ones, and answers others with 421", () => {
  const hosts = hostsOf("https://maps.example.org", "http://old.example.org:8080");
  for (const host of ["maps.example.org", "MAPS.example.org:443", "old.example.org:8080", "localhost:1", "[::1]"]) {
    assert.equal(refusalOf(hosts, host), null, host);
  }
  for (const host of ["evil.example", "maps.example.org.evil.example", "old.example.org", "93.184.216.34"]) {
    assert.equal(refusalOf(hosts, host), 421, host);
  }
});

Deno.test("refusal() lets pass every IP address, and no name, when no public URL is configured", () => {
  const hosts = hostsOf();
  for (const host of ["192.168.1.20:8200", "[2001:db8::1]", "127.0.0.1"]) {
    assert.equal(refusalOf(hosts, host), null, host);
  }
  assert.equal(refusalOf(hosts, "maps.example.org"), 421);
});

Deno.test("refusal() answers a malformed Host header with 400", () => {
  for (const host of ["127.0.0.1:99999", "h?model=gfs#", "user@evil.example", "a b", "[::1", "-", ""]) {
    assert.equal(refusalOf(hostsOf(), host), 400, host);
  }
});

Deno.test("baseFor() names the public URL of the requested host, and the first one for a local host", () => {
  const hosts = hostsOf("https://maps.example.org/weather", "http://old.example.org:8080");
  const baseOf = (host: string) => hosts.baseFor(request(host), from("198.51.100.7"));
  assert.equal(baseOf("MAPS.example.org:443"), "https://maps.example.org/weather");
  assert.equal(baseOf("old.example.org:8080"), "http://old.example.org:8080");
  assert.equal(baseOf("localhost:8200"), "https://maps.example.org/weather");
});

Deno.test("baseFor() takes the scheme from a proxy on this machine, and from no other client", () => {
  const baseFrom = (peer: string) =>
    hostsOf().baseFor(request("192.168.1.20", { "x-forwarded-proto": "https" }), from(peer));
  assert.equal(baseFrom("127.0.0.1"), "https://192.168.1.20");
  assert.equal(baseFrom("192.168.1.77"), "http://192.168.1.20");
});

Deno.test("ownPath() removes the prefix of a public URL once, and only whole segments", () => {
  const hosts = hostsOf("https://example.org/weather");
  assert.equal(hosts.ownPath("/weather/models-v3"), "/models-v3");
  assert.equal(hosts.ownPath("/weather/weather/models-v3"), "/weather/models-v3");
  assert.equal(hosts.ownPath("/weather"), "/");
  assert.equal(hosts.ownPath("/weathervane"), "/weathervane");
  assert.equal(hosts.ownPath("/models-v3"), "/models-v3");
});
