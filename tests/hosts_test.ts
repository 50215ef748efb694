import assert from "node:assert/strict";
import { publishedRoot, RUN } from "./support/published_root.ts";
import { rawGet } from "./support/raw_http.ts";
import { startServer } from "./support/server_process.ts";

const root = await publishedRoot([0]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

const TILEJSON = `/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`;
/** Host headers of an attacker who wants another answer, or another address in the answer. */
const HOSTILE = [
  "127.0.0.1:99999",
  "evil:99999",
  "h?model=gfs&lat=1#",
  "x/metrics?",
  "user@evil.example",
  "evil.example/..",
  "a b",
  "evil.example,maps.example.org",
  "[::1",
  "-",
  "",
];
const addressesIn = (body: string) => [...body.matchAll(/https?:\/\/[^/"<]+/g)].map(([address]) => address);

Deno.test("a server with public URLs answers to their hosts and to local ones, and names only its URLs", async () => {
  await using server = await startServer(root.dataRoot, undefined, {
    TWF_V3_PUBLIC_URL: "https://maps.example.org,http://old.example.org:8080",
  });
  const ask = (host: string, path = TILEJSON, ...more: string[]) =>
    rawGet(server.origin, path, [`host: ${host}`, ...more]);
  for (
    const [host, origin] of [
      ["maps.example.org", "https://maps.example.org"],
      ["MAPS.example.org:443", "https://maps.example.org"],
      ["old.example.org:8080", "http://old.example.org:8080"],
      ["127.0.0.1", "https://maps.example.org"],
      ["localhost:1", "https://maps.example.org"],
    ] as const
  ) {
    for (const proto of ["http", "https"]) {
      const { status, body } = await ask(host, TILEJSON, `x-forwarded-proto: ${proto}`);
      assert.equal(status, 200, host);
      assert.ok(addressesIn(JSON.stringify(JSON.parse(body).tiles)).every((address) => address === origin), body);
    }
  }
  const capabilities = await ask("maps.example.org", "/wmts/v3/1.0.0/WMTSCapabilities.xml");
  assert.ok(capabilities.body.includes('"https://maps.example.org/wmts/v3'), capabilities.body.slice(0, 500));
  for (const host of ["evil.example", "maps.example.org.evil.example", "old.example.org", "93.184.216.34"]) {
    for (const path of [TILEJSON, "/models-v3", "/metrics"]) {
      const { status, body } = await ask(host, path);
      assert.equal(status, 421, `${host} ${path}`);
      assert.doesNotMatch(body, /twf_server|<html/);
    }
  }
  for (const host of HOSTILE) {
    const { status } = await ask(host);
    assert.ok(status === 400 || status === 421, `"${host}": ${status}`);
  }
  const hostless = await rawGet(server.origin, TILEJSON, []); // allowed in HTTP/1.0
  assert.deepEqual(addressesIn(JSON.stringify(JSON.parse(hostless.body).tiles)), ["https://maps.example.org"]);
});

Deno.test("a server without a public URL answers to IP addresses and localhost, with its proxy's scheme", async () => {
  await using server = await startServer(root.dataRoot);
  const ask = (host: string, ...more: string[]) => rawGet(server.origin, TILEJSON, [`host: ${host}`, ...more]);
  for (
    const [host, proto, origin] of [
      ["localhost:8200", "", "http://localhost:8200"],
      ["192.168.1.20:8200", "http", "http://192.168.1.20:8200"],
      ["[2001:db8::1]", "HTTPS", "https://[2001:db8::1]"],
      ["192.168.1.20", "https, http", "https://192.168.1.20"],
    ] as const
  ) {
    const { status, body } = await ask(host, ...(proto === "" ? [] : [`x-forwarded-proto: ${proto}`]));
    assert.equal(status, 200, `${host} ${body}`);
    assert.equal(new URL(JSON.parse(body).tiles[0]).origin, origin);
  }
  const named = await ask("maps.example.org");
  assert.equal(named.status, 421);
  assert.match(named.body, /TWF_V3_PUBLIC_URL/);
  for (const host of HOSTILE) {
    const { status } = await ask(host);
    assert.ok(status === 400 || status === 421, `"${host}": ${status}`);
  }
});
