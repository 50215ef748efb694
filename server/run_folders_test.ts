import assert from "node:assert/strict";
import { rootsBelow } from "../contract/paths.ts";
import { FOLDER_FAULTS, whileBroken } from "../tests/support/break_file.ts";
import { keptLog } from "../tests/support/kept_log.ts";
import { frameId } from "../tests/support/published_root.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { entryNames, RunFolders } from "./run_folders.ts";

const { model } = frameId(0);

/** Puts empty manifests into the folder of a model; only their names count here. */
async function writeManifests(dataRoot: string, names: readonly string[]): Promise<string> {
  const folder = `${dataRoot}/manifests/${model}`;
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, "");
  return folder;
}

Deno.test("RunFolders lists the runs that have a manifest, newest first, and ignores other files", async () => {
  await using root = await tempDir();
  const { log } = keptLog();
  await writeManifests(root.path, [
    "20260217_06z.json",
    "20260217_12z.json",
    "20260216_18z.json",
    "20260218_00z.json",
    "20251231_18z.json",
    ".twf-lock",
    "20260217_18z.json.tmp",
    "20260230_00z.json", // no such day
  ]);
  const folders = new RunFolders(rootsBelow(root.path), log);
  assert.deepEqual(await folders.runs(model), [
    "20260218_00z",
    "20260217_12z",
    "20260217_06z",
    "20260216_18z",
    "20251231_18z",
  ]);
  assert.equal(folders.problem(model), null);
});

Deno.test("RunFolders has no runs, and no problem, before a model's first publication", async () => {
  await using root = await tempDir();
  const { log, messages } = keptLog();
  const folders = new RunFolders(rootsBelow(root.path), log);
  assert.deepEqual(await folders.runs(model), []);
  assert.equal(folders.problem(model), null);
  assert.deepEqual(messages(), []);
});

Deno.test("RunFolders keeps its last listing while a folder cannot be read, and logs that once", async () => {
  await using root = await tempDir();
  const { log, messages } = keptLog();
  const folder = await writeManifests(root.path, ["20260217_06z.json"]);
  const folders = new RunFolders(rootsBelow(root.path), log);
  await folders.runs(model);
  await whileBroken(folder, FOLDER_FAULTS["is a file"]!, async () => {
    for (let i = 0; i < 2; i++) assert.deepEqual(await folders.runs(model), ["20260217_06z"]);
    assert.match(folders.problem(model)!, /Not a directory/);
    assert.deepEqual(messages(), ["error: the manifests of a model cannot be listed"]);
  });
  await writeManifests(root.path, ["20260217_12z.json"]);
  assert.deepEqual(await folders.runs(model), ["20260217_12z", "20260217_06z"]);
  assert.equal(folders.problem(model), null);
});

Deno.test("entryNames() returns the names in a folder, and none when there is no folder", async () => {
  await using root = await tempDir();
  const folder = await writeManifests(root.path, ["a"]);
  assert.deepEqual(await entryNames(folder), ["a"]);
  assert.deepEqual(await entryNames(`${folder}/missing`), []);
  await assert.rejects(entryNames(`${folder}/a`));
});
