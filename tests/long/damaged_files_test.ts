import assert from "node:assert/strict";
import { type ArtifactKind, artifactPath, latestPath, manifestDirectory, manifestPath } from "../../contract/paths.ts";
import type { RunId } from "../../contract/identity.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { gateCases } from "../support/gate_cases.ts";
import { FILE_FAULTS, FOLDER_FAULTS, whileBroken } from "../support/break_file.ts";
import { frameId, publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { type TestApp, testApp } from "../support/test_app.ts";
import { runId } from "../support/identity.ts";

/**
 * Damage to one file or folder, or a failure to read it, affects only its own frame, run or model, and only while the
 * damage lasts: nothing else that readers see depends on it.
 */

const OTHER = runId("20260217_07z");
const root = await publishedRoot([0, 1, 2, 3, 4], ["tmp2m"]);
await publishHour(root.dataRoot, OTHER, 0, ["tmp2m"]);
await writeJsonAtomically(`${root.dataRoot}/${latestPath(hrrr.id)}`, {
  run_id: OTHER,
  cycle_utc: "2026-02-17T07:00:00Z",
  updated_utc: "2026-02-17T08:00:00Z",
  source: "scheduler_v3",
});
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

const urlsOf = (run: RunId, hour: number) => [
  `/api/v3/hrrr/${run}/manifest`,
  `/api/v3/hrrr/${run}/vars`,
  `/api/v3/hrrr/${run}/tmp2m/frames`,
  `/api/v3/hrrr/${run}/tmp2m/${hour}`,
  `/api/v3/hrrr/${run}/tmp2m/${hour}/contours/iso32f`,
  `/api/v3/sample?model=hrrr&run=${run}&var=tmp2m&fh=${hour}&lat=39&lon=-98`,
  `/api/v3/series?model=hrrr&run=${run}&var=tmp2m&lat=39&lon=-98`,
  `/tiles/v3/hrrr/${run}/tmp2m/${hour}/5/7/12.png`,
  `/tiles/v3/hrrr/${run}/tmp2m/${hour}/tilejson.json`,
  `/cog/v3/hrrr/${run}/tmp2m/${hour}/rgba.cog.tif`,
  `/cog/v3/hrrr/${run}/tmp2m/${hour}/val.cog.tif`,
];
const SITE = [
  "/models-v3",
  `/models-v3?model=hrrr&run=${RUN}&var=tmp2m&fh=0`,
  "/api/v3/models",
  "/api/v3/hrrr/runs",
  "/api/regions",
  "/readyz",
  "/health",
  "/metrics",
  "/livez",
  "/wmts/v3/1.0.0/WMTSCapabilities.xml",
  `/api/v3/sample?model=hrrr&run=latest&var=tmp2m&fh=0&lat=39&lon=-98`,
];

async function statusesOf(app: TestApp, urls: readonly string[]): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const url of urls) {
    const response = await app.get(url);
    statuses[url] = response.status;
    await response.arrayBuffer().catch(() => statuses[url] = -1); // the body broke off
  }
  return statuses;
}

const notGood = (statuses: Record<string, number>) => Object.entries(statuses).filter(([, status]) => status !== 200);

async function damagedFiles(app: TestApp): Promise<number> {
  const text = await (await app.get("/metrics")).text();
  return Number(/^twf_server_damaged_files_total ([0-9]+)$/m.exec(text)![1]);
}

Deno.test("the URLs of these tests answer 200 while nothing is damaged", async () => {
  using app = await testApp(root.dataRoot);
  assert.deepEqual(
    notGood(await statusesOf(app, [...SITE, ...urlsOf(RUN, 0), ...urlsOf(RUN, 1), ...urlsOf(OTHER, 0)])),
    [],
  );
});

/** The damaged artifact of each hour; the last hour stays whole. */
const KINDS: readonly ArtifactKind[] = ["sidecar", "rgba", "values", "contours"];
const WHOLE_FH = KINDS.length;

for (const [how, fault] of gateCases(Object.entries(FILE_FAULTS), 2)) {
  Deno.test(`frames of which a file ${how} do not affect other frames`, async () => {
    const paths = KINDS.map((kind, hour) => `${root.dataRoot}/${artifactPath("published", frameId(hour), kind)}`);
    const look = async () => {
      using app = await testApp(root.dataRoot);
      const whole = urlsOf(RUN, WHOLE_FH).filter((url) => !url.includes("/series"));
      assert.deepEqual(notGood(await statusesOf(app, [...SITE, ...urlsOf(OTHER, 0), ...whole])), []);
      for (const [hour, kind] of KINDS.entries()) {
        const own = await statusesOf(app, urlsOf(RUN, hour).filter((url) => !url.includes("/series")));
        assert.ok(Object.values(own).every((status) => [200, 503].includes(status)), `${kind}: ${JSON.stringify(own)}`);
        assert.ok(Object.values(own).includes(503), `${kind}: ${JSON.stringify(own)}`);
      }
      const counted = await damagedFiles(app);
      assert.ok(counted >= KINDS.length);
      for (const hour of KINDS.keys()) await statusesOf(app, urlsOf(RUN, hour));
      assert.equal(await damagedFiles(app), counted, "told once");
    };
    const breakAll = paths.reduceRight((inner, path) => () => whileBroken(path, fault, inner), look);
    await breakAll();
  });
}

for (const [how, fault] of gateCases(Object.entries(FILE_FAULTS), 2)) {
  Deno.test(`a manifest that ${how} affects only its own run, and /health reports it`, async () => {
    using warm = await testApp(root.dataRoot);
    assert.deepEqual(notGood(await statusesOf(warm, urlsOf(RUN, 0))), []);
    await whileBroken(`${root.dataRoot}/${manifestPath(hrrr.id, RUN)}`, fault, async () => {
      warm.passSecond();
      assert.deepEqual(notGood(await statusesOf(warm, [...SITE, ...urlsOf(RUN, 0), ...urlsOf(OTHER, 0)])), []);
      using cold = await testApp(root.dataRoot);
      assert.deepEqual(notGood(await statusesOf(cold, [...SITE, ...urlsOf(OTHER, 0)])), []);
      const own = await statusesOf(cold, urlsOf(RUN, 0));
      assert.ok(Object.values(own).every((status) => status === 503), JSON.stringify(own));
      for (const app of [warm, cold]) {
        const { damaged } = await (await app.get("/health")).json();
        assert.deepEqual(damaged.map(({ model, what }: Record<string, string>) => [model, what]), [
          ["hrrr", `manifest of ${RUN}`],
        ]);
        assert.equal(await damagedFiles(app), 1, "told once");
        app.passSecond();
        await statusesOf(app, urlsOf(RUN, 0));
        assert.equal(await damagedFiles(app), 1, "and not again at the next look");
      }
    });
    warm.passSecond();
    assert.deepEqual((await (await warm.get("/health")).json()).damaged, []);
  });

  Deno.test(`a LATEST pointer that ${how} leaves readers the newest run`, async () => {
    using warm = await testApp(root.dataRoot);
    assert.deepEqual(notGood(await statusesOf(warm, SITE)), []);
    const latest = `${root.dataRoot}/${latestPath(hrrr.id)}`;
    await whileBroken(latest, fault, async () => {
      warm.passSecond();
      using cold = await testApp(root.dataRoot);
      for (const app of [warm, cold]) {
        assert.deepEqual(notGood(await statusesOf(app, [...SITE, ...urlsOf(RUN, 0), ...urlsOf(OTHER, 0)])), []);
        const { damaged } = await (await app.get("/health")).json();
        assert.deepEqual(damaged.map(({ what }: Record<string, string>) => what), ["LATEST.json"]);
      }
    });
  });
}

for (const [how, fault] of Object.entries(FOLDER_FAULTS)) {
  Deno.test(`a folder of manifests that ${how} does not affect a server that has read it`, async () => {
    using warm = await testApp(root.dataRoot);
    const all = [...SITE, ...urlsOf(RUN, 0), ...urlsOf(OTHER, 0)];
    assert.deepEqual(notGood(await statusesOf(warm, all)), []);
    await whileBroken(`${root.dataRoot}/${manifestDirectory(hrrr.id)}`, fault, async () => {
      warm.passSecond();
      assert.deepEqual(notGood(await statusesOf(warm, all)), []);
      using cold = await testApp(root.dataRoot);
      const statuses = Object.entries(await statusesOf(cold, all));
      assert.ok(statuses.every(([, status]) => status !== 500), JSON.stringify(statuses));
      assert.equal((await cold.get("/models-v3")).status, 200);
      const { damaged } = await (await cold.get("/health")).json();
      assert.ok(damaged.some(({ what }: Record<string, string>) => what === "folder of manifests"));
    });
  });
}
