import assert from "node:assert/strict";
import { artifactPath, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { frameId, publishedRoot, RUN } from "../../tests/support/published_root.ts";
import { hrrr } from "../models/hrrr.ts";
import { readManifest } from "./read_manifest.ts";
import { rebuildManifest } from "./rebuild_manifest.ts";

Deno.test("rebuildManifest() lists the undamaged frames and sets the time until which the run stays", async () => {
  await using root = await publishedRoot([0, 1, 2]);
  const roots = rootsBelow(root.dataRoot);
  await Deno.truncate(`${root.dataRoot}/${manifestPath(hrrr.id, RUN)}`, 10);
  await Deno.truncate(`${root.dataRoot}/${artifactPath("published", frameId(1), "values")}`, 1000);
  assert.equal(await rebuildManifest(roots, hrrr, RUN, new Date("2030-01-01T00:00:00Z")), 2);
  const manifest = (await readManifest(roots, hrrr.id, RUN))!;
  assert.deepEqual(Object.values(manifest.variables)[0]!.frames.map(({ fh }) => fh), [0, 2]);
  assert.equal(manifest.keep_until, "2030-01-01T00:00:00Z");
});
