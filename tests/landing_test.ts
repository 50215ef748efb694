import assert from "node:assert/strict";
import { problemSchema } from "../contract/problem.ts";
import { gdal } from "./support/gdal_program.ts";
import { publishedRoot, RUN } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

/** Tests of the entry points for a client that knows only the server's name. */

const root = await publishedRoot([0, 1], ["tmp2m", "refc"]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

Deno.test("/api/v3 links the parts of the API, and every link works", async () => {
  using app = await testApp(root.dataRoot);
  const response = await app.get("/api/v3");
  assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/json"]);
  const landing = await response.json();
  assert.deepEqual(await (await app.get("/api/v3/")).json(), landing);
  assert.ok(landing.links.length >= 8);
  for (const { href, type } of landing.links) {
    const { pathname } = new URL(href);
    const named = await app.fetch(new Request(`http://localhost${pathname}`, { method: "HEAD" }));
    assert.equal(named.status, 200, href);
    assert.equal(named.headers.get("content-type")!.split(";")[0], type.split(";")[0], href);
  }
});

Deno.test("the root redirects a browser to the map, and gives a program the links of the API", async () => {
  using app = await testApp(root.dataRoot);
  for (const accept of ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "*/*"]) {
    const response = await app.get("/", { accept });
    assert.deepEqual([response.status, response.headers.get("location")], [302, "/models-v3"]);
    assert.match(response.headers.get("vary")!, /\baccept$/);
  }
  const told = await app.get("/", { accept: "application/json" });
  assert.deepEqual(await told.json(), await (await app.get("/api/v3")).json());
  assert.match(told.headers.get("vary")!, /accept\b/);
});

Deno.test("browsers and crawlers find favicon.ico and robots.txt", async () => {
  using app = await testApp(root.dataRoot);
  const icon = await app.get("/favicon.ico");
  assert.deepEqual([icon.status, icon.headers.get("content-type")], [200, "image/svg+xml"]);
  assert.match(await icon.text(), /<svg/);
  const robots = await app.get("/robots.txt");
  assert.match(robots.headers.get("content-type")!, /^text\/plain/);
  assert.match(await robots.text(), /^User-agent: \*\n(?:.*\n)*Disallow: \/tiles\/$/m);
});

Deno.test("the COGs can be browsed from the top folder, link by link", async () => {
  using app = await testApp(root.dataRoot);
  const linksOf = async (path: string) => {
    const response = await app.get(path);
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/html; charset=utf-8"], path);
    return [...(await response.text()).matchAll(/<a href="([^"]+)"/g)].map(([, href]) => href!);
  };
  const found: string[] = [];
  const browse = async (path: string): Promise<void> => {
    for (const href of (await linksOf(path)).filter((href) => href !== "../")) {
      if (href.endsWith("/")) await browse(path + href);
      else found.push(path + href);
    }
  };
  await browse("/cog/v3/");
  const expected = ["refc", "tmp2m"].flatMap((id) =>
    [0, 1].flatMap((hour) => ["rgba", "val"].map((kind) => `/cog/v3/hrrr/${RUN}/${id}/${hour}/${kind}.cog.tif`))
  );
  assert.deepEqual(found.sort(), expected);
  for (const path of found) {
    const { status, headers } = await app.fetch(new Request(`http://localhost${path}`, { method: "HEAD" }));
    const folder = await (await app.get(path.slice(0, path.lastIndexOf("/") + 1))).text();
    assert.equal(status, 200, path);
    assert.ok(folder.includes(` ${headers.get("content-length")}\n`), "with its size");
  }
  for (
    const path of [
      "/cog/v3/nosuch/",
      `/cog/v3/hrrr/20200101_00z/`,
      `/cog/v3/hrrr/${RUN}/x2/`,
      `/cog/v3/hrrr/${RUN}/tmp2m/9/`,
    ]
  ) {
    assert.equal((await app.get(path)).status, 404, path);
  }
  assert.equal((await app.get("/cog/v3/hrrr/x/")).status, 400);
});

Deno.test("GDAL reads the folder page and requests no file that does not exist", async () => {
  using app = await testApp(root.dataRoot);
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const response = await app.fetch(request);
    asked.push(`${response.status} ${new URL(request.url).pathname}`);
    return response;
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`;
    await gdal("gdalinfo", `/vsicurl/${url}`);
    assert.ok(asked.some((line) => line.startsWith("206 ")), asked.join("\n"));
    assert.deepEqual(asked.filter((line) => !line.startsWith("20")), []);
  } finally {
    await server.shutdown();
  }
});

Deno.test("a URL that is too long is answered with 414", async () => {
  using app = await testApp(root.dataRoot);
  const response = await app.get(`/api/v3/sample?model=${"x".repeat(9000)}`);
  assert.equal(response.status, 414);
  assert.equal(problemSchema.parse(await response.json()).title, "Address too long");
});
