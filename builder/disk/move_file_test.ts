import assert from "node:assert/strict";
import { filesUnder, smallDisk, tempDir, testWithSmallDisk } from "../../tests/support/temp_dir.ts";
import { DiskError } from "./disk_error.ts";
import { moveFile } from "./move_file.ts";

testWithSmallDisk("moveFile() moves a whole file to another disk", async () => {
  await using here = await tempDir();
  await using there = await smallDisk(64);
  await Deno.writeTextFile(`${here.path}/a`, "all of it");
  await moveFile(`${here.path}/a`, `${there.path}/b`);
  assert.equal(await Deno.readTextFile(`${there.path}/b`), "all of it");
  assert.deepEqual([await filesUnder(here.path), await filesUnder(there.path)], [[], ["b"]]);
});

testWithSmallDisk("moveFile() leaves the original in place when the other disk is full", async () => {
  await using here = await tempDir();
  await using there = await smallDisk(16);
  await Deno.writeFile(`${here.path}/a`, new Uint8Array(64 * 1024));
  await assert.rejects(moveFile(`${here.path}/a`, `${there.path}/b`), (error: unknown) => {
    assert.ok(error instanceof DiskError);
    assert.match(error.message, /^Cannot write ".*\/b": No space left/);
    return true;
  });
  assert.deepEqual([await filesUnder(here.path), await filesUnder(there.path)], [["a"], []]);
});
