import assert from "node:assert/strict";
import { publishedRoot, RUN } from "./support/published_root.ts";
import { rawGet } from "./support/raw_http.ts";
import { startServer } from "./support/server_process.ts";

/** Tests of a site below a path of a host, behind proxies that remove the path and proxies that keep it. */

const root = await publishedRoot([0]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

const TILE = `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`;
const TILEJSON = `/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`;
const CAPABILITIES = "/wmts/v3/1.0.0/WMTSCapabilities.xml";
const BASE = "https://example.org/weather";

/** Lists the server's own addresses in an answer. */
const addressesIn = (body: string) =>
  [...body.matchAll(/https?:\/\/[^"<\s]+/g)].map(([address]) => address)
    .filter((address) =>
      !/\/\/(www\.opengis\.net|www\.w3\.org|schemas\.opengis\.net|spec\.openapis\.org)/.test(address)
    );

async function requireBase(
  ask: (path: string) => Promise<{ readonly status: number; readonly body: string }>,
  base: string,
): Promise<void> {
  for (const path of [TILEJSON, CAPABILITIES, "/api/v3", "/api/v3/openapi.json"]) {
    const { status, body } = await ask(path);
    assert.equal(status, 200, `${path}: ${body}`);
    const addresses = addressesIn(body);
    assert.ok(addresses.length > 0, path);
    const others = addresses.filter((address) => !address.startsWith(`${base}/`) && address !== base);
    assert.deepEqual(path.includes("openapi") ? [] : others, [], path);
    if (path.includes("openapi")) assert.deepEqual(JSON.parse(body).servers, [{ url: base }]);
  }
}

Deno.test("addresses have the path of TWF_V3_PUBLIC_URL, whether a proxy removes or keeps it", async () => {
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_PUBLIC_URL: BASE });
  for (const prefix of ["", "/weather"]) {
    const ask = (path: string, ...headers: string[]) =>
      rawGet(server.origin, prefix + path, ["host: example.org", ...headers]);
    await requireBase(ask, BASE);
    assert.equal((await ask(TILE)).status, 200);
    assert.equal((await ask(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=39&lon=-98`)).status, 200);
    assert.match((await ask("/")).head, /^location: \/weather\/models-v3\r?$/m);
    assert.match((await ask("/models-v3/")).head, /^location: \.\.\/models-v3\r?$/m);
    // Forwarding headers of a client are ignored.
    await requireBase((path) => ask(path, "x-forwarded-prefix: /evil", "x-forwarded-proto: http"), BASE);
  }
  assert.equal((await rawGet(server.origin, "/weather", ["host: example.org"])).status, 302);
  for (const path of ["/weathervane" + TILE, "/weather/weather" + TILE, "/other" + TILE]) {
    assert.equal((await rawGet(server.origin, path, ["host: example.org"])).status, 404, path);
  }
});

Deno.test("a trusted proxy sets host, scheme and path, but a host name that it passes on is refused", async () => {
  const address = "203.0.113.9";
  await using server = await startServer(root.dataRoot);
  const headers = [`x-forwarded-host: ${address}:8443`, "x-forwarded-proto: https", "x-forwarded-prefix: /weather"];
  await requireBase(
    (path) => rawGet(server.origin, path, ["host: inner", ...headers]),
    `https://${address}:8443/weather`,
  );
  const newer = [`forwarded: for=198.51.100.1;host="${address}:8443";proto=https`];
  await requireBase((path) => rawGet(server.origin, path, ["host: inner", ...newer]), `https://${address}:8443`);
  // A host name that a proxy passes on was chosen by a client.
  for (const header of ["x-forwarded-host: evil.example", "forwarded: host=evil.example"]) {
    assert.equal((await rawGet(server.origin, TILEJSON, ["host: 127.0.0.1", header])).status, 421);
  }
  for (const header of ["x-forwarded-host: h?model=gfs#", 'forwarded: host="evil:99999"', "x-forwarded-host: "]) {
    assert.equal((await rawGet(server.origin, TILEJSON, ["host: 127.0.0.1", header])).status, 400, header);
  }
});
