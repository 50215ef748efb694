import assert from "node:assert/strict";
import { recordDisk } from "../../tests/support/recorded_disk.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { makeFolders } from "./make_folders.ts";

Deno.test("makeFolders() flushes every folder that got a new one, from the one that existed down", async () => {
  await using folder = await tempDir();
  using recorded = recordDisk();
  await makeFolders(`${folder.path}/a/b/c`);
  assert.ok((await Deno.stat(`${folder.path}/a/b/c`)).isDirectory);
  assert.deepEqual(recorded.events, [`sync ${folder.path}`, `sync ${folder.path}/a`, `sync ${folder.path}/a/b`]);
});

Deno.test("makeFolders() flushes nothing when the folder is there, and only what it made when a parent is", async () => {
  await using folder = await tempDir();
  await makeFolders(`${folder.path}/a`);
  using recorded = recordDisk();
  await makeFolders(`${folder.path}/a`);
  assert.deepEqual(recorded.events, []);
  await makeFolders(`${folder.path}/a/b`);
  assert.deepEqual(recorded.events, [`sync ${folder.path}/a`]);
});

Deno.test("makeFolders() fails where a file is in the way", async () => {
  await using folder = await tempDir();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  await assert.rejects(makeFolders(`${folder.path}/file/a`));
});

Deno.test("makeFolders() makes a folder whose parents the task may not look at", async () => {
  await using folder = await tempDir();
  const allowed = `${folder.path}/data/demo`;
  const program = `import { makeFolders } from ${JSON.stringify(new URL("./make_folders.ts", import.meta.url).href)};
    await makeFolders(${JSON.stringify(`${allowed}/a/b`)});`;
  await Deno.writeTextFile(`${folder.path}/program.ts`, program);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", `--allow-read=${allowed}`, `--allow-write=${allowed}`, `${folder.path}/program.ts`],
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.ok((await Deno.stat(`${allowed}/a/b`)).isDirectory);
});
