import assert from "node:assert/strict";
import { hrrr } from "../../builder/models/hrrr.ts";
import { rollBack } from "../../builder/publish/latest_pointer.ts";
import { publishFrame, recordFailure } from "../../builder/publish/publish_frame.ts";
import { publishedRuns } from "../../builder/publish/published_runs.ts";
import { readManifest } from "../../builder/publish/read_manifest.ts";
import { rebuildManifest } from "../../builder/publish/rebuild_manifest.ts";
import { type Retained, retainRuns } from "../../builder/publish/retain_runs.ts";
import { retiredRuns } from "../../builder/publish/retired_runs.ts";
import { framesAnswerSchema, runsAnswerSchema } from "../../contract/api.ts";
import { manifestPath, rootsBelow } from "../../contract/paths.ts";
import { GRACE_S, LISTING_LIFETIME_S } from "../../contract/retirement.ts";
import { runId } from "../support/identity.ts";
import { frameId, publishedRoot, publishHour, RUN, showing, VARIABLE } from "../support/published_root.ts";
import { runCommand } from "../support/run_command.ts";
import { startServer } from "../support/server_process.ts";
import { testApp } from "../support/test_app.ts";

const NEWER = runId("20260217_07z");
const NOW = new Date();

/** Runs the retention, some seconds after the start of the test. */
function retain(dataRoot: string, afterS: number): Promise<Retained> {
  return retainRuns(rootsBelow(dataRoot), hrrr.id, {
    keepRuns: 1,
    building: [],
    minFreeBytes: 0,
    now: new Date(NOW.getTime() + afterS * 1000),
    freeBytes: () => Promise.resolve(1e12),
  });
}

/** Makes a data root with an older run and one that is newer, of which only the newer is kept. */
async function twoRuns() {
  const root = await publishedRoot([0, 1]);
  for (const hour of [0, 1, 2]) await publishHour(root.dataRoot, NEWER, hour);
  return root;
}

/** Answers that list the frames of a run: what a cache may hold. */
const LISTINGS = [
  `/api/v3/hrrr/${RUN}/manifest`,
  `/api/v3/hrrr/${RUN}/vars`,
  `/api/v3/hrrr/${RUN}/tmp2m/frames`,
  `/cog/v3/hrrr/${RUN}/`,
  `/cog/v3/hrrr/${RUN}/tmp2m/`,
];
const SERIES = `/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m&lat=39&lon=-98`;

/** The URLs of everything that a list of frames leads to. */
function urlsOf(
  frames: readonly { readonly frame: string; readonly v?: string | undefined; readonly valid_time: string }[],
) {
  return frames.flatMap(({ frame, v, valid_time }) => [
    ...[`?v=${v}`, ""].flatMap((version) => [
      `/api/v3/hrrr/${RUN}/tmp2m/${frame}${version}`,
      `/api/v3/hrrr/${RUN}/tmp2m/${frame}/contours/iso32f${version}`,
      `/tiles/v3/hrrr/${RUN}/tmp2m/${frame}/5/7/12.png${version}`,
      `/tiles/v3/hrrr/${RUN}/tmp2m/${frame}/tilejson.json${version}`,
      `/cog/v3/hrrr/${RUN}/tmp2m/${frame}/rgba.cog.tif${version}`,
      `/cog/v3/hrrr/${RUN}/tmp2m/${frame}/val.cog.tif${version}`,
    ]),
    `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=${frame}&lat=39&lon=-98`,
    `/wmts/v3/hrrr_tmp2m/default/2026-02-17T06:00:00Z/${valid_time}/WebMercatorQuad/5/12/7.png`,
  ]);
}

type Get = (path: string) => Promise<Response>;

async function statusesOf(get: Get, urls: readonly string[]): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const url of urls) {
    const response = await get(url);
    await response.body?.cancel();
    statuses[url] = response.status;
  }
  return statuses;
}

const all = (urls: readonly string[], status: number) => Object.fromEntries(urls.map((url) => [url, status]));

async function runsListed(get: Get): Promise<string[]> {
  const { runs } = runsAnswerSchema.parse(await (await get("/api/v3/hrrr/runs")).json());
  return runs.map(({ run }) => run);
}

/** Retires a run and removes it, and checks what readers of its last list get. `pass` lets the server read again. */
async function outlives(dataRoot: string, get: Get, pass: () => Promise<void>): Promise<void> {
  assert.deepEqual(await runsListed(get), [NEWER, RUN]);
  const { frames } = framesAnswerSchema.parse(await (await get(`/api/v3/hrrr/${RUN}/tmp2m/frames`)).json());
  const urls = [...urlsOf(frames), SERIES];
  assert.deepEqual((await retain(dataRoot, 0)).retired, [RUN]);
  await pass();
  assert.deepEqual(await runsListed(get), [NEWER]);
  assert.deepEqual(await statusesOf(get, urls), all(urls, 200));
  // A list of runs that is a minute old still leads to the frames, and no cache keeps that answer.
  for (const url of LISTINGS) {
    const response = await get(url);
    await response.body?.cancel();
    assert.deepEqual([response.status, response.headers.get("cache-control")], [200, "no-store"], url);
  }
  assert.deepEqual(await retain(dataRoot, GRACE_S - 1), { retired: [], removed: [], removedEarly: [] });
  await pass();
  assert.deepEqual(await statusesOf(get, urls), all(urls, 200));
  assert.deepEqual((await retain(dataRoot, GRACE_S)).removed, [RUN]);
  await pass();
  assert.deepEqual(await statusesOf(get, [...urls, ...LISTINGS]), all([...urls, ...LISTINGS], 404));
  assert.deepEqual(await runsListed(get), [NEWER]);
}

Deno.test("a run that retention retires is in no list, and each of its frames is served until the grace is over", async () => {
  await using root = await twoRuns();
  await using app = await testApp(root.dataRoot);
  await outlives(root.dataRoot, (path) => app.get(path), () => Promise.resolve(app.passSecond()));
});

Deno.test("a server process serves the frames of a retired run until the grace is over", async () => {
  await using root = await twoRuns();
  await using server = await startServer(root.dataRoot);
  const second = () => new Promise<void>((wake) => setTimeout(wake, 1100)); // a server shows the state of a second ago
  await outlives(root.dataRoot, (path) => fetch(server.origin + path), second);
});

Deno.test("the capabilities and the map's events name a retired run no longer", async () => {
  await using root = await twoRuns();
  await using app = await testApp(root.dataRoot);
  const names: string[] = [];
  const stop = app.watcher.listen({ isStream: false, onEvent: ({ event }) => names.push(event.name), onClose() {} });
  await app.poll();
  await retain(root.dataRoot, 0);
  await app.poll();
  stop();
  assert.deepEqual(names, ["removed"]);
  const capabilities = await (await app.get("/wmts/v3/1.0.0/WMTSCapabilities.xml")).text();
  assert.equal(
    capabilities.match(/<ows:Identifier>reference_time<[^]*?<\/Dimension>/)![0].match(/<Value>/g)!.length,
    1,
  );
});

Deno.test("no answer that names runs or frames may be kept for longer than their files outlast it", async () => {
  await using root = await twoRuns();
  await using app = await testApp(root.dataRoot);
  const path = `${root.dataRoot}/${manifestPath(hrrr.id, RUN)}`;
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace('"complete": false', '"complete": true'));
  const v = (await readManifest(rootsBelow(root.dataRoot), hrrr.id, RUN))!.variables[VARIABLE]!.frames[0]!.v;
  const lists = [
    ...LISTINGS,
    ...["/api/v3/models", "/api/v3/hrrr/runs", "/cog/v3/", "/cog/v3/hrrr/", "/wmts/v3/1.0.0/WMTSCapabilities.xml"],
    ...["", `?v=${v}`].map((version) => `/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json${version}`),
  ];
  for (const url of lists) {
    const response = await app.get(url);
    await response.body?.cancel();
    const lifetime = /^public, max-age=([0-9]+)$/.exec(response.headers.get("cache-control")!);
    assert.ok(
      lifetime && Number(lifetime[1]) <= LISTING_LIFETIME_S,
      `${url}: ${response.headers.get("cache-control")}`,
    );
  }
});

Deno.test("publishFrame() takes a retired run back with its frames", async () => {
  await using root = await twoRuns();
  const roots = rootsBelow(root.dataRoot);
  await using app = await testApp(root.dataRoot);
  const get = (path: string) => app.get(path);
  await retain(root.dataRoot, 0);
  assert.deepEqual(await statusesOf(get, LISTINGS), all(LISTINGS, 200)); // the server knows the run as retired
  await publishHour(root.dataRoot, RUN, 2);
  assert.deepEqual(await retiredRuns(roots, hrrr.id), []);
  const { frames } = (await readManifest(roots, hrrr.id, RUN))!.variables[VARIABLE]!;
  assert.deepEqual(frames.map(({ fh }) => fh), [0, 1, 2]);
  app.passSecond();
  const urls = urlsOf(frames);
  assert.deepEqual(await statusesOf(get, urls), all(urls, 200));
});

Deno.test("publishFrame() keeps a retired run that is built by hand until its own time, also when no frame is new", async () => {
  await using root = await twoRuns();
  const roots = rootsBelow(root.dataRoot);
  await retain(root.dataRoot, 0);
  const keepUntil = new Date(NOW.getTime() + 3_600_000);
  const { isNew } = await publishFrame(roots, hrrr, frameId(1), { ...showing(hrrr, root.dataRoot), keepUntil });
  assert.equal(isNew, false);
  assert.deepEqual((await retain(root.dataRoot, 3500)).retired, []);
  assert.deepEqual((await retain(root.dataRoot, 3700)).retired, [RUN]);
});

Deno.test("recordFailure() leaves a retired run retired, and rebuildManifest() takes it back", async () => {
  await using root = await twoRuns();
  const roots = rootsBelow(root.dataRoot);
  await retain(root.dataRoot, 0);
  await recordFailure(roots, hrrr, { ...frameId(4), run: RUN }, { attempts: 5, reason: "no bytes" });
  assert.deepEqual(await publishedRuns(roots, hrrr.id), [NEWER]);
  assert.equal(await rebuildManifest(roots, hrrr, RUN, new Date(NOW.getTime() + 1e9)), 2);
  assert.deepEqual([await publishedRuns(roots, hrrr.id), await retiredRuns(roots, hrrr.id)], [[NEWER, RUN], []]);
  assert.deepEqual((await retain(root.dataRoot, GRACE_S)).retired, []);
});

Deno.test("rollBack() goes back to a retired run, which is listed again and stays", async () => {
  await using root = await twoRuns();
  const roots = rootsBelow(root.dataRoot);
  await retain(root.dataRoot, 0);
  assert.deepEqual(await rollBack(roots, hrrr.id, RUN), { from: NEWER, to: RUN });
  assert.deepEqual(await retain(root.dataRoot, GRACE_S), { retired: [], removed: [], removedEarly: [] });
  await using app = await testApp(root.dataRoot);
  assert.deepEqual(await runsListed((path) => app.get(path)), [NEWER, RUN]);
  assert.equal((await app.get(`/api/v3/hrrr/latest/tmp2m/0`)).status, 200);
});

Deno.test("verify finds nothing wrong with a retired run, repairs nothing of it, and status tells its time", async () => {
  await using root = await twoRuns();
  await retain(root.dataRoot, 0);
  const verify = await runCommand("builder/cli/verify.ts", ["--data-root", root.dataRoot, "--repair"]);
  assert.equal(verify.code, 0, verify.stderr);
  assert.deepEqual(await retiredRuns(rootsBelow(root.dataRoot), hrrr.id), [RUN]);
  const status = await runCommand("builder/cli/status.ts", ["--data-root", root.dataRoot, "--json"]);
  const { runs, retired } = JSON.parse(status.stdout);
  assert.deepEqual(runs.map(({ run }: { run: string }) => run), [NEWER]);
  const retired_at = `${NOW.toISOString().slice(0, 19)}Z`;
  assert.deepEqual(retired, [{ model: "hrrr", run: RUN, retired_at }]);
});
