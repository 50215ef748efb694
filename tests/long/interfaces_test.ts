import assert from "node:assert/strict";
import { z } from "zod";
import { openApiDocument } from "../../contract/openapi/document.ts";
import { type Operation, OPERATIONS } from "../../contract/openapi/operations.ts";
import { jsonPost } from "../support/ask_json.ts";
import { makeManifestOlder } from "../support/older_frame.ts";
import { frameId, publishedRoot, RUN } from "../support/published_root.ts";
import { publishedServer } from "../support/published_server.ts";
import { testApp } from "../support/test_app.ts";

/** Tests of all operations of the API: each works as OpenAPI documents it, and pages of other origins may call it. */

const server = await publishedServer([0, 1, 2], ["tmp2m", "refc"]);

function exampleUrl({ path, parameters, example }: Operation): string {
  const inPath = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(example[name]!));
  const queries = Object.entries(parameters)
    .filter(([name, { in: place }]) => place === "query" && example[name] !== undefined)
    .map(([name]) => [name, example[name]!]);
  return queries.length === 0 ? inPath : `${inPath}?${new URLSearchParams(queries)}`;
}

for (const operation of OPERATIONS) {
  Deno.test(`the OpenAPI example of ${operation.id} is answered as documented`, async () => {
    const { answer, mediaType = "application/json", exampleBody } = operation;
    const response = await fetch(server.origin + exampleUrl(operation), exampleBody ? jsonPost(exampleBody) : {});
    assert.equal(response.status, 200, exampleUrl(operation));
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const type = response.headers.get("content-type")!.split(";")[0];
    assert.equal(type, typeof answer === "string" ? answer : mediaType);
    if (typeof answer === "string") await response.body?.cancel();
    else answer.parse(await response.json());
  });
}

Deno.test("the API's document is OpenAPI 3.1 with every path once, and the docs page lists every path", async () => {
  const { status, json } = await server.getJson("/api/v3/openapi.json");
  assert.equal(status, 200);
  assert.deepEqual(json, JSON.parse(JSON.stringify(openApiDocument(server.origin))));
  const document = z.object({
    openapi: z.literal("3.1.0"),
    paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
    .parse(json);
  assert.equal(Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length, OPERATIONS.length);
  const page = await (await fetch(`${server.origin}/api/v3/docs`)).text();
  for (const { path } of OPERATIONS) assert.ok(page.includes(path), path);
});

Deno.test("pages of other origins may read, and a preflight is answered", async () => {
  const response = await fetch(`${server.origin}/api/v3/sample`, {
    method: "OPTIONS",
    headers: {
      origin: "https://example.org",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
  await response.body?.cancel();
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(response.headers.get("access-control-allow-methods")!, /POST/);
  assert.match(response.headers.get("access-control-allow-headers")!, /content-type/);
  assert.match(response.headers.get("vary")!, /access-control-request-headers/);

  const preflight = async (asked: string) => {
    const { headers } = await fetch(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`, {
      method: "OPTIONS",
      headers: { "access-control-request-method": "GET", "access-control-request-headers": asked },
    });
    return headers.get("access-control-allow-headers");
  };
  // Headers that Cesium, geotiff.js and tracing libraries send.
  for (const asked of ["range", "x-requested-with,if-modified-since", "traceparent, tracestate"]) {
    assert.equal(await preflight(asked), asked);
  }
  for (const hostile of ["a b", "x: y", "x".repeat(2000), "<script>"]) assert.equal(await preflight(hostile), null);

  const options = await fetch(`${server.origin}/api/v3/sample`, { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, POST, OPTIONS"]);
});

Deno.test("pages of other origins may read the response headers that clients use", async () => {
  const part = await fetch(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`, {
    headers: { range: "bytes=0-9" },
  });
  await part.body?.cancel();
  const exposed = part.headers.get("access-control-expose-headers")!.split(", ");
  // Browsers always expose these: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
  const safe = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
  ];
  for (const name of ["content-range", "accept-ranges", "etag", "content-length"]) {
    assert.ok(part.headers.has(name) && (exposed.includes(name) || safe.includes(name)), name);
  }
  for (const name of ["retry-after", "x-cache", "last-modified", "content-disposition"]) {
    assert.ok(exposed.includes(name));
  }
});

Deno.test("a LATEST pointer to a missing run is damaged, and does not hide the runs that exist", async () => {
  await using own = await publishedRoot([0, 1, 2]);
  const path = `${own.dataRoot}/published/hrrr/LATEST.json`;
  const latest = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(
    path,
    JSON.stringify({ ...latest, run_id: "20260217_09z", cycle_utc: "2026-02-17T09:00:00Z" }),
  );
  using app = await testApp(own.dataRoot);
  const health = await (await app.get("/health")).json();
  assert.equal(health.models[0].latest_run, RUN);
  assert.match(health.damaged[0].reason, /it names 20260217_09z, which cannot be read/);
  for (
    const url of ["/api/v3/hrrr/latest/manifest", "/api/v3/sample?model=hrrr&run=latest&var=tmp2m&fh=0&lat=39&lon=-98"]
  ) {
    const response = await app.get(url);
    await response.body?.cancel();
    assert.equal(response.status, 200, url);
  }
});

Deno.test("a sidecar of more than 2 MB is damaged", async () => {
  await using own = await publishedRoot([0, 1]);
  const path = `${own.dataRoot}/published/hrrr/${RUN}/tmp2m/fh000.json`;
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)) + " ".repeat(2_000_000));
  await makeManifestOlder(own.dataRoot, frameId(0)); // otherwise the version would show the change
  using app = await testApp(own.dataRoot);
  for (const [url, status] of [["0", 503], ["1", 200]] as const) {
    const response = await app.get(`/api/v3/hrrr/${RUN}/tmp2m/${url}`);
    await response.body?.cancel();
    assert.equal(response.status, status, url);
  }
});
