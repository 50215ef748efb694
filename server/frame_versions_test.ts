import assert from "node:assert/strict";
import { type Manifest, manifestSchema } from "../contract/manifest.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { BadArtifactError } from "./errors.ts";
import { FrameVersions } from "./frame_versions.ts";

/** A manifest as it is when its file was read: each reading of a changed file makes another object. */
function manifest(): Manifest {
  return manifestSchema.parse({
    contract_version: "3.0",
    model: "hrrr",
    run: "20260217_06z",
    complete: false,
    variables: {},
    last_updated: "2026-02-17T07:00:00Z",
  });
}

/** Replaces a file by a rename, as the builder publishes. */
async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

Deno.test("FrameVersions knows a frame's version under the manifest for which its sidecar was checked", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/sidecar.json`;
  await replace(path, "{}");
  const versions = new FrameVersions();
  const [first, second] = [manifest(), manifest()];
  assert.equal(versions.known(path, first), null);
  const version = await versions.read(path, first);
  assert.equal(versions.known(path, first), version);
  assert.equal(versions.known(path, second), null); // the frame may have been dropped and built again
  assert.equal(await versions.read(path, second), version); // it was not: its bytes are the same
  versions.clear();
  assert.equal(versions.known(path, second), null);
});

Deno.test("FrameVersions gives another version to a replaced sidecar, even of the same size and time", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/sidecar.json`;
  const listed = manifest();
  const versions = new FrameVersions();
  const time = new Date("2026-02-17T07:00:00Z");
  await replace(path, '{"a":1}');
  await Deno.utime(path, time, time);
  const before = await versions.read(path, listed);
  assert.equal(await versions.isCurrent(path, before), true);
  await replace(path, '{"a":2}');
  await Deno.utime(path, time, time);
  assert.equal(await versions.isCurrent(path, before), false);
  assert.equal(versions.known(path, listed), null); // forgotten
  assert.notEqual(await versions.read(path, listed), before);
});

Deno.test("FrameVersions refuses what cannot be a sidecar before it is read: a folder, and more than a megabyte", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/sidecar.json`;
  const versions = new FrameVersions();
  await assert.rejects(versions.read(folder.path, manifest()), BadArtifactError);
  await Deno.writeFile(path, new Uint8Array(1024 * 1024 + 1));
  await assert.rejects(versions.read(path, manifest()), /has 1048577 bytes, more than 1048576$/);
  await assert.rejects(versions.read(`${path}.missing`, manifest()), Deno.errors.NotFound);
});
