import assert from "node:assert/strict";
import { clearCompressedTexts, compressedTextBytes } from "../server/http/encoded_body.ts";
import { decodedBody } from "./support/decoded_body.ts";
import { publishedRoot, RUN } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

const root = await publishedRoot([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], ["tmp2m", "refc"]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

const MANIFEST = `/api/v3/hrrr/${RUN}/manifest`;
const SAMPLE = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=40&lon=-100`;
const SERIES = `/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m,refc&lat=40&lon=-100`;
const CONTOURS = `/api/v3/hrrr/${RUN}/tmp2m/0/contours/every10f`;

/** Returns the text of an answer, and checks its Content-Length. */
async function bodyOf(response: Response): Promise<string> {
  const { byteLength } = await response.clone().arrayBuffer();
  assert.equal(response.headers.get("content-length"), String(byteLength));
  return await decodedBody(response);
}

Deno.test("long answers come as Brotli, gzip or uncompressed, each with its own ETag, length and 304", async () => {
  using server = await testApp(root.dataRoot);
  const page = await (await server.get("/models-v3")).text();
  const asset = `/${/models-v3\/assets\/[^"]+\.js/.exec(page)![0]}`;
  const paths = [
    MANIFEST,
    SERIES,
    CONTOURS,
    "/api/v3/openapi.json",
    `/api/v3/hrrr/${RUN}/tmp2m/0`,
    "/api/regions",
    "/models-v3",
    "/wmts/v3",
    asset,
  ];
  for (const path of paths) {
    const plain = await server.get(path);
    assert.equal(plain.headers.get("content-encoding"), null, path);
    const text = await bodyOf(plain);
    const etags = new Set([plain.headers.get("etag")]);
    for (const [accepted, coding] of [["gzip, deflate, br", "br"], ["gzip, br;q=0", "gzip"]] as const) {
      const what = `${path} as ${coding}`;
      const headers = { "accept-encoding": accepted };
      const response = await server.get(path, headers);
      assert.equal(response.headers.get("content-encoding"), coding, what);
      assert.match(response.headers.get("vary")!, /\baccept-encoding\b/, what);
      assert.match(plain.headers.get("vary")!, /\baccept-encoding\b/, what);
      assert.equal(response.headers.get("content-type"), plain.headers.get("content-type"), what);
      const length = Number(response.headers.get("content-length"));
      assert.ok(length < 0.8 * new TextEncoder().encode(text).length, `${what}: ${length} bytes`);
      assert.equal(await bodyOf(response), text, what);
      const etag = response.headers.get("etag")!;
      assert.match(etag, /^"[^"]+"$/, what);
      etags.add(etag);

      const again = await server.get(path, { ...headers, "if-none-match": etag });
      assert.equal(again.status, 304, what);
      assert.deepEqual([again.headers.get("etag"), again.headers.get("vary")], [etag, response.headers.get("vary")]);
      assert.equal((await server.get(path, { "if-none-match": etag })).status, 200, `${what}: another representation`);

      const head = await server.fetch(new Request(`http://localhost${path}`, { method: "HEAD", headers }));
      for (const name of ["etag", "content-length", "content-encoding", "vary"]) {
        assert.equal(head.headers.get(name), response.headers.get(name), `HEAD of ${what}: ${name}`);
      }
      assert.equal(await head.text(), "");
    }
    assert.equal(etags.size, 3, path);
  }
});

Deno.test("short answers are never compressed, and long ones only when the client accepts it", async () => {
  using server = await testApp(root.dataRoot);
  for (const path of ["/api/v3/models", SAMPLE, `/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`]) {
    const response = await server.get(path, { "accept-encoding": "br, gzip" });
    assert.equal(response.headers.get("content-encoding"), null, path);
    assert.doesNotMatch(response.headers.get("vary") ?? "", /accept-encoding/, path);
    JSON.parse(await bodyOf(response));
  }
  for (const accepted of ["br;q=0, gzip;q=0", "identity", "*", "zstd"]) {
    const response = await server.get(MANIFEST, { "accept-encoding": accepted });
    assert.equal(response.headers.get("content-encoding"), null, accepted);
    JSON.parse(await bodyOf(response));
  }
});

Deno.test("an answer with its own address varies by the address, and by the coding when it is long", async () => {
  using server = await testApp(root.dataRoot);
  const { headers } = await server.get("/wmts/v3", { "accept-encoding": "br" });
  assert.deepEqual(headers.get("vary")!.split(/,\s*/).sort(), [
    "accept-encoding",
    "forwarded",
    "host",
    "x-forwarded-host",
    "x-forwarded-prefix",
    "x-forwarded-proto",
  ]);
});

Deno.test("the compressed answer for many points is not cached, and that of a manifest is", async () => {
  using server = await testApp(root.dataRoot);
  clearCompressedTexts();
  const points = Array.from({ length: 300 }, (_, i) => ({ lat: 30 + i * 0.05, lon: -110 + i * 0.05 }));
  const ask = (headers: HeadersInit) =>
    server.fetch(
      new Request("http://localhost/api/v3/sample", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ model: "hrrr", run: RUN, var: "tmp2m", fh: 1, points }),
      }),
    );
  const compressed = await ask({ "accept-encoding": "br" });
  assert.equal(compressed.headers.get("content-encoding"), "br");
  assert.equal(await bodyOf(compressed), await bodyOf(await ask({})));
  assert.equal(compressedTextBytes(), 0);

  const first = await server.get(MANIFEST, { "accept-encoding": "br" });
  assert.equal(compressedTextBytes(), Number(first.headers.get("content-length")));
  const second = await server.get(MANIFEST, { "accept-encoding": "br" });
  assert.equal(compressedTextBytes(), Number(first.headers.get("content-length")));
  assert.equal(await bodyOf(second), await bodyOf(first));
});
