import assert from "node:assert/strict";
import { manifestVariable } from "../../contract/manifest.ts";
import { artifactPath, rootsBelow } from "../../contract/paths.ts";
import { frameId, publishedRoot, RUN, VARIABLE } from "../../tests/support/published_root.ts";
import { hrrr } from "../models/hrrr.ts";
import { emptyManifest, withFailure, withFrame } from "./edit_manifest.ts";
import { readFrameSidecar } from "./frame_sidecar.ts";
import { recordFailure } from "./publish_frame.ts";
import { readManifest } from "./read_manifest.ts";

const FAILURE = { attempts: 5, reason: "damaged" };

Deno.test("withFrame() removes the failure of the frame that it adds, and no other frame's", async () => {
  await using root = await publishedRoot([0]);
  const path = `${root.dataRoot}/${artifactPath("published", frameId(0), "sidecar")}`;
  const found = await readFrameSidecar(path);
  let manifest = emptyManifest(frameId(0));
  for (const hour of [0, 1]) manifest = withFailure(manifest, hrrr, frameId(hour), FAILURE);
  assert.deepEqual(manifestVariable(manifest, VARIABLE)!.failed!.map(({ fh }) => fh), [0, 1]);
  manifest = withFrame(manifest, hrrr, frameId(0), found!);
  assert.deepEqual(manifestVariable(manifest, VARIABLE)!.failed!.map(({ fh }) => fh), [1]);
});

Deno.test("recordFailure() records nothing for a frame that is published", async () => {
  await using root = await publishedRoot([0]);
  const roots = rootsBelow(root.dataRoot);
  for (const hour of [0, 1]) await recordFailure(roots, hrrr, frameId(hour), FAILURE);
  const { failed, frames } = manifestVariable((await readManifest(roots, hrrr.id, RUN))!, VARIABLE)!;
  assert.deepEqual(failed!.map(({ fh }) => fh), [1]);
  assert.deepEqual(frames.map(({ fh }) => fh), [0]);
});
