import assert from "node:assert/strict";
import { frameVersionSchema } from "../contract/frame_version.ts";
import { runIdSchema } from "../contract/identity.ts";
import { latestPath, manifestPath, rootsBelow } from "../contract/paths.ts";
import { keptLog } from "../tests/support/kept_log.ts";
import { frameId, publishedRoot, publishHour, RUN } from "../tests/support/published_root.ts";
import { Catalogue } from "./catalogue.ts";
import { DamagedError, NotPublishedError } from "./errors.ts";

const { model } = frameId(0);
const NEWER = runIdSchema.parse("20260217_07z");
const MISSING = runIdSchema.parse("20260217_08z");

/** A catalogue of a data root, at a time that stands still until it passes. */
function catalogueOf(dataRoot: string) {
  let nowMs = 0;
  const catalogue = new Catalogue(rootsBelow(dataRoot), keptLog().log, () => nowMs);
  return { catalogue, passSecond: () => nowMs += 1000 };
}

Deno.test("requireFrame() finds a frame that its manifest names, in the version that was requested", async () => {
  await using root = await publishedRoot([0, 1]);
  const { catalogue } = catalogueOf(root.dataRoot);
  const { manifest, listed } = await catalogue.requireFrame(frameId(1));
  assert.deepEqual([manifest.run, listed.valid_time], [RUN, "2026-02-17T07:00:00Z"]);
  assert.deepEqual((await catalogue.requireFrame({ ...frameId(1), v: listed.v })).listed, listed);
  const other = frameVersionSchema.parse("0123456789ab");
  for (const frame of [frameId(2), frameId(0, "refc"), { ...frameId(0), run: MISSING }, { ...frameId(1), v: other }]) {
    await assert.rejects(catalogue.requireFrame(frame), NotPublishedError);
  }
});

Deno.test("requireFrame() reads a manifest again for a version that it does not know, and not only after a second", async () => {
  await using root = await publishedRoot([0]);
  const [here, elsewhere] = [catalogueOf(root.dataRoot), catalogueOf(root.dataRoot)];
  assert.equal((await here.catalogue.manifest(model, RUN)).variables[frameId(0).var]!.available_frames, 1);
  await publishHour(root.dataRoot, RUN, 1);
  await assert.rejects(here.catalogue.requireFrame(frameId(1)), NotPublishedError); // within the second
  const { listed: { v } } = await elsewhere.catalogue.requireFrame(frameId(1)); // another process read it later
  assert.equal((await here.catalogue.requireFrame({ ...frameId(1), v })).listed.v, v);
});

Deno.test("latest() is the run of the pointer, or the newest usable run when the pointer cannot be followed", async () => {
  await using root = await publishedRoot([0, 1, 2]); // as many hours as a run needs to be promoted
  await publishHour(root.dataRoot, NEWER, 0);
  const { catalogue, passSecond } = catalogueOf(root.dataRoot);
  assert.deepEqual((await catalogue.runs(model)).map(({ run }) => run), [NEWER, RUN]);
  assert.equal(await catalogue.latest(model), RUN);
  assert.equal(await catalogue.resolveRun(model, "latest"), RUN);
  assert.equal(await catalogue.resolveRun(model, MISSING), MISSING); // a named run is not looked up
  const pointer = `${root.dataRoot}/${latestPath(model)}`;
  const text = await Deno.readTextFile(pointer);
  await Deno.writeTextFile(pointer, text.replace(RUN, MISSING));
  passSecond();
  assert.equal(await catalogue.latest(model), NEWER); // neither run is complete
  assert.deepEqual(await catalogue.damages(), [
    { model, what: "LATEST.json", reason: `it names ${MISSING}, which cannot be read` },
  ]);
  const path = `${root.dataRoot}/${manifestPath(model, RUN)}`;
  await Deno.writeTextFile(path, JSON.stringify({ ...await catalogue.manifest(model, RUN), complete: true }));
  passSecond();
  assert.equal(await catalogue.latest(model), RUN); // the newest complete run
  await Deno.remove(pointer);
  passSecond();
  assert.equal(await catalogue.latest(model), null); // no run was promoted
  await assert.rejects(catalogue.resolveRun(model, "latest"), NotPublishedError);
  assert.deepEqual(await catalogue.damages(), []);
});

Deno.test("a manifest that is damaged from the start hides its run only", async () => {
  await using root = await publishedRoot([0]);
  await publishHour(root.dataRoot, NEWER, 0);
  await Deno.writeTextFile(`${root.dataRoot}/${manifestPath(model, NEWER)}`, "{");
  const { catalogue } = catalogueOf(root.dataRoot);
  assert.deepEqual((await catalogue.runs(model)).map(({ run }) => run), [RUN]);
  await assert.rejects(catalogue.manifest(model, NEWER), DamagedError);
  await assert.rejects(catalogue.manifest(model, MISSING), NotPublishedError);
  assert.equal(catalogue.damagedFiles, 1);
  assert.deepEqual((await catalogue.damages()).map(({ what }) => what), [`manifest of ${NEWER}`]);
});

Deno.test("requireReadable() names the folder that cannot be read", async () => {
  await using root = await publishedRoot([0]);
  const { catalogue } = catalogueOf(root.dataRoot);
  await catalogue.requireReadable();
  await Deno.remove(`${root.dataRoot}/manifests`, { recursive: true });
  await Deno.writeTextFile(`${root.dataRoot}/manifests`, "");
  await assert.rejects(catalogue.requireReadable(), /^Error: Cannot read ".*\/manifests": Not a directory/);
});
