import assert from "node:assert/strict";
import { FILE_FAULTS } from "../../tests/support/break_file.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { openLockFile } from "./lock_file.ts";

Deno.test("openLockFile() makes the file, and one handle at a time can lock it", async () => {
  await using folder = await tempDir();
  const [first, second] = [await openLockFile(`${folder.path}/.lock`), await openLockFile(`${folder.path}/.lock`)];
  assert.equal(await first.tryLock(true), true);
  assert.equal(await second.tryLock(true), false);
  first.close();
  assert.equal(await second.tryLock(true), true);
  second.close();
});

Deno.test("openLockFile() does not wait when the path is a pipe without a reader", async () => {
  await using folder = await tempDir();
  await Deno.writeTextFile(`${folder.path}/.lock`, "");
  await FILE_FAULTS["is a pipe that nobody writes to"]!(`${folder.path}/.lock`);
  using file = await openLockFile(`${folder.path}/.lock`);
  assert.equal(await file.tryLock(true), true);
});
