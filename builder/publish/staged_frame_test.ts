import assert from "node:assert/strict";
import { artifactPath, rootsBelow } from "../../contract/paths.ts";
import { frameId, stageHour } from "../../tests/support/published_root.ts";
import { recordDisk } from "../../tests/support/recorded_disk.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { canResumePublish, moveToPublished } from "./staged_frame.ts";

Deno.test("canResumePublish() accepts a frame that this release staged from one of these sources, and refuses it when it was changed", async () => {
  await using folder = await tempDir();
  const roots = rootsBelow(folder.path);
  const frame = frameId(0);
  const pathOf = (kind: "sidecar" | "rgba" | "values" | "contours") =>
    `${folder.path}/${artifactPath("staging", frame, kind)}`;
  await stageHour(folder.path, 0);
  const isWhole = () => canResumePublish(roots, frame, ["file"]);
  assert.equal(await isWhole(), true);
  assert.equal(await canResumePublish(roots, frame, ["aws", "google"]), false, "another source's");
  const sidecar = await Deno.readTextFile(pathOf("sidecar"));
  await Deno.writeTextFile(
    pathOf("sidecar"),
    sidecar.replace(/"builder_version": "[^"]+"/, '"builder_version": "0.0.1"'),
  );
  assert.equal(await isWhole(), false, "another release's");
  await Deno.writeTextFile(pathOf("sidecar"), sidecar.replace('"fh": 0', '"fh": 1'));
  assert.equal(await isWhole(), false, "another frame's");
  await Deno.writeTextFile(pathOf("sidecar"), sidecar);
  for (const kind of ["rgba", "values", "contours"] as const) {
    const bytes = await Deno.readFile(pathOf(kind));
    const changed = bytes.slice();
    changed[bytes.length - 20]! ^= 1;
    await Deno.writeFile(pathOf(kind), changed);
    assert.equal(await isWhole(), false, kind);
    await Deno.remove(pathOf(kind));
    assert.equal(await isWhole(), false, `without ${kind}`);
    await Deno.writeFile(pathOf(kind), bytes);
  }
  assert.equal(await isWhole(), true);
});

Deno.test("moveToPublished() flushes the folder after it has moved the files", async () => {
  await using folder = await tempDir();
  await stageHour(folder.path, 0);
  using recorded = recordDisk();
  await moveToPublished(rootsBelow(folder.path), frameId(0));
  const renames = recorded.events.filter((event) => event.startsWith("rename "));
  assert.equal(renames.length, 5);
  assert.match(renames.at(-1)!, /fh000\.json$/, "the sidecar last");
  assert.match(recorded.events.at(-1)!, /^sync .*\/published\/hrrr\/20260217_06z\/tmp2m$/);
});

Deno.test("moveToPublished() removes the sidecar of a dropped frame before it replaces the frame's files", async () => {
  await using folder = await tempDir();
  await stageHour(folder.path, 0);
  await moveToPublished(rootsBelow(folder.path), frameId(0));
  await stageHour(folder.path, 0);
  using recorded = recordDisk();
  await moveToPublished(rootsBelow(folder.path), frameId(0));
  assert.match(recorded.events[0]!, /^remove .*\/published\/hrrr\/20260217_06z\/tmp2m\/fh000\.json$/);
  assert.match(recorded.events[1]!, /^rename .*fh000\.rgba\.cog\.tif$/);
});
