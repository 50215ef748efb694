import assert from "node:assert/strict";
import { dropFrames } from "../../builder/publish/drop_frames.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import { artifactPath, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { eventually } from "../support/eventually.ts";
import { frameId, publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { type TestApp, testApp } from "../support/test_app.ts";

const URLS = [
  `/api/v3/hrrr/${RUN}/manifest`,
  `/api/v3/hrrr/${RUN}/tmp2m/1`,
  `/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f`,
  `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=39&lon=-98`,
  `/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m&lat=39&lon=-98`,
  `/tiles/v3/hrrr/${RUN}/tmp2m/1/3/1/3.png`,
  `/tiles/v3/hrrr/${RUN}/tmp2m/1/5/7/12.png`,
  `/tiles/v3/hrrr/${RUN}/tmp2m/1/tilejson.json`,
  `/cog/v3/hrrr/${RUN}/tmp2m/1/rgba.cog.tif`,
  `/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`,
];

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: string;
}

async function answersOf(app: TestApp, headers: HeadersInit = {}): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  for (const url of URLS) {
    const response = await app.get(url, headers);
    const body = new Uint8Array(await response.arrayBuffer()).toBase64();
    answers[url] = { status: response.status, etag: response.headers.get("etag"), body };
  }
  return answers;
}

Deno.test("a frame that was damaged, dropped and built again is new in every answer, without a restart", async () => {
  await using root = await publishedRoot([0, 1, 2]);
  using warm = await testApp(root.dataRoot);
  const before = await answersOf(warm);
  assert.ok(Object.values(before).every(({ status }) => status === 200), JSON.stringify(before).slice(0, 500));

  for (const kind of ["values", "rgba"] as const) {
    const path = `${root.dataRoot}/${artifactPath("published", frameId(1), kind)}`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.fill(0x5a, 20_000, bytes.length - 10_000)); // in place, in an open file
  }
  const damaged = await answersOf(warm);
  assert.ok(Object.values(damaged).every(({ status }) => [200, 503].includes(status)));

  await dropFrames(rootsBelow(root.dataRoot), frameId(1).model, RUN, [frameId(1)]);
  warm.passSecond();
  const dropped = await answersOf(warm);
  assert.ok(Object.values(dropped).every(({ status }) => [200, 404].includes(status)));

  await publishHour(root.dataRoot, RUN, 1, ["tmp2m"], 9);
  warm.passSecond();
  const after = await answersOf(warm);
  using cold = await testApp(root.dataRoot);
  assert.deepEqual(after, await answersOf(cold));
  for (const [url, { status, body, etag }] of Object.entries(after)) {
    assert.equal(status, 200, url);
    if (url.endsWith("tilejson.json")) continue; // TileJSON has no values of the frame
    assert.notEqual(body, before[url]!.body, url);
    if (etag !== null) assert.notEqual(etag, before[url]!.etag, url);
  }
});

Deno.test("a URL with a version gives that version's bytes or none, also while the frame is built again", async () => {
  await using root = await publishedRoot([0, 1]);
  using app = await testApp(root.dataRoot, { TWF_V3_TILE_CACHE_MB: "0" });
  const versions = [await versionListed(root.dataRoot)];
  /** First body of each URL. */
  const first = new Map<string, string>();
  let isOver = false;
  let asked = 0;
  let answered = 0;
  /** Waits until each reader has asked for each URL about twice. */
  const round = async () => {
    const until = asked + 40;
    await eventually(() => asked >= until, "the readers ask on", { everyMs: 1 });
  };
  const asking = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      for (const url of URLS.filter((url) => /rgba|contours|tmp2m[/]1$|png/.test(url))) {
        const versioned = `${url}?v=${versions.at(-1)}`;
        const response = await app.get(versioned);
        asked++;
        if (response.status !== 200) {
          await response.body?.cancel();
          assert.ok([404, 503].includes(response.status), `${response.status} ${versioned}`);
          continue;
        }
        const body = new Uint8Array(await response.arrayBuffer()).toBase64();
        assert.equal(first.get(versioned) ?? body, body, `${versioned} has other bytes than it had`);
        first.set(versioned, body);
        answered++;
      }
    }
  });
  for (let i = 0; i < 12; i++) {
    await dropFrames(rootsBelow(root.dataRoot), frameId(1).model, RUN, [frameId(1)]);
    await publishHour(root.dataRoot, RUN, 1, ["tmp2m"], i % 2 === 0 ? 9 : 1);
    // The readers use the old version for a while: their requests are out of date then.
    await round();
    versions.push(await versionListed(root.dataRoot));
    await round();
  }
  isOver = true;
  await Promise.all(asking);
  assert.ok(answered > 50, String(answered));
  const bodies = new Set([...first].filter(([url]) => url.includes("5/7/12")).map(([, body]) => body));
  assert.equal(bodies.size, 2);
});

Deno.test("the files of a frame that was just built again are not served under the old version", async () => {
  await using root = await publishedRoot([0, 1]);
  for (const what of ["tiles", "cog"]) {
    using app = await testApp(root.dataRoot);
    const v = await versionListed(root.dataRoot);
    // The server knows the frame, but has none of its files open yet.
    assert.equal((await (await app.get(`/api/v3/hrrr/${RUN}/tmp2m/1?v=${v}`)).json()).fh, 1);
    await dropFrames(rootsBelow(root.dataRoot), frameId(1).model, RUN, [frameId(1)]);
    await publishHour(root.dataRoot, RUN, 1, ["tmp2m"], what === "tiles" ? 9 : 1);
    for (const url of URLS.filter((url) => url.startsWith(`/${what}/`) && !url.endsWith(".json"))) {
      const response = await app.get(`${url}?v=${v}`);
      await response.body?.cancel();
      assert.equal(response.status, 404, url);
    }
  }
});

Deno.test("a version is found as soon as its manifest is written, and not a second later", async () => {
  await using root = await publishedRoot([0, 1]);
  using app = await testApp(root.dataRoot);
  const before = await versionListed(root.dataRoot);
  assert.equal((await (await app.get(`/api/v3/hrrr/${RUN}/tmp2m/1?v=${before}`)).json()).fh, 1);
  await dropFrames(rootsBelow(root.dataRoot), frameId(1).model, RUN, [frameId(1)]);
  await publishHour(root.dataRoot, RUN, 1, ["tmp2m"], 9);
  const after = await versionListed(root.dataRoot);
  assert.notEqual(after, before);
  assert.equal((await (await app.get(`/api/v3/hrrr/${RUN}/tmp2m/1?v=${after}`)).json()).fh, 1);
});

Deno.test("contours that differ from the sidecar's hash are not served, even when they are valid GeoJSON", async () => {
  await using root = await publishedRoot([0]);
  using app = await testApp(root.dataRoot);
  const path = `${root.dataRoot}/${artifactPath("published", frameId(0), "contours")}`;
  const text = await Deno.readTextFile(path);
  const changed = text.replace(
    /(\[-?[0-9]+\.[0-9])[0-9]/,
    (_, start) => `${start}${text.includes(`${start}7`) ? 3 : 7}`,
  );
  assert.notEqual(changed, text);
  await Deno.writeTextFile(path, changed);
  const response = await app.get(`/api/v3/hrrr/${RUN}/tmp2m/0/contours/iso32f`);
  await response.body?.cancel();
  assert.equal(response.status, 503);
});

/** Reads the version of forecast hour 1 from the manifest. */
async function versionListed(dataRoot: string): Promise<string> {
  const { variables } = JSON.parse(await Deno.readTextFile(`${dataRoot}/${manifestPath(frameId(0).model, RUN)}`));
  return variables.tmp2m.frames.find(({ fh }: { fh: number }) => fh === 1).v;
}

Deno.test("a manifest is never immutable, also of a complete run", async () => {
  await using root = await publishedRoot([0]);
  const path = `${root.dataRoot}/${manifestPath(frameId(0).model, RUN)}`;
  await writeJsonAtomically(path, { ...JSON.parse(await Deno.readTextFile(path)), complete: true });
  using app = await testApp(root.dataRoot);
  for (const what of ["manifest", "vars", "tmp2m/frames"]) {
    const response = await app.get(`/api/v3/hrrr/${RUN}/${what}`);
    assert.match(response.headers.get("cache-control")!, /^public, max-age=60$/);
    await response.body?.cancel();
  }
});

Deno.test("contours that could not be read are read again after a repair", async () => {
  await using root = await publishedRoot([0]);
  using app = await testApp(root.dataRoot);
  const path = `${root.dataRoot}/${artifactPath("published", frameId(0), "contours")}`;
  const bytes = await Deno.readFile(path);
  const status = async () => {
    const response = await app.get(`/api/v3/hrrr/${RUN}/tmp2m/0/contours/iso32f`);
    await response.body?.cancel();
    return response.status;
  };
  await Deno.truncate(path, 100);
  assert.equal(await status(), 503);
  await Deno.writeFile(path, bytes);
  assert.equal(await status(), 200);
});
