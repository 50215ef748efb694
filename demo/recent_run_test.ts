import assert from "node:assert/strict";
import { manifestPath, rootsBelow } from "../contract/paths.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { publishedRoot, RUN } from "../tests/support/published_root.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { recentRun } from "./recent_run.ts";

Deno.test("recentRun() returns the newest run for three hours, and none whose manifest is damaged", async () => {
  await using root = await publishedRoot([0]);
  const roots = rootsBelow(root.dataRoot);
  assert.equal(await recentRun(roots, new Date("2026-02-17T08:59:00Z")), RUN);
  assert.equal(await recentRun(roots, new Date("2026-02-17T09:00:00Z")), null);
  await Deno.writeTextFile(`${root.dataRoot}/${manifestPath(hrrr.id, RUN)}`, "{");
  assert.equal(await recentRun(roots, new Date("2026-02-17T08:59:00Z")), null);
});

Deno.test("recentRun() returns null before the first demo", async () => {
  await using folder = await tempDir();
  assert.equal(await recentRun(rootsBelow(folder.path), new Date()), null);
});
