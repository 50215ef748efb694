import assert from "node:assert/strict";
import { recordDisk } from "../../tests/support/recorded_disk.ts";
import { filesUnder, makeReadOnly, smallDisk, tempDir, testWithSmallDisk } from "../../tests/support/temp_dir.ts";
import { removeIfThere, writeFileAtomically } from "./atomic_write.ts";

const OLD = new TextEncoder().encode("old");
const NEW = new TextEncoder().encode("new and longer");

function failsNaming(path: string, reason: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Error);
    assert.ok(error.message.startsWith(`Cannot write "${path}": `), error.message);
    assert.match(error.message, reason);
    assert.ok(error.cause instanceof Error, "the system's error is the cause");
    return true;
  };
}

Deno.test("writeFileAtomically() makes missing folders", async () => {
  await using folder = await tempDir();
  await writeFileAtomically(`${folder.path}/a/b/x.json`, NEW);
  assert.deepEqual(await Deno.readFile(`${folder.path}/a/b/x.json`), NEW);
  assert.deepEqual(await filesUnder(folder.path), ["a/b/x.json"]);
});

Deno.test("writeFileAtomically() replaces a file and leaves nothing else", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/x.json`;
  await writeFileAtomically(path, OLD);
  await writeFileAtomically(path, NEW);
  assert.deepEqual(await Deno.readFile(path), NEW);
  assert.deepEqual(await filesUnder(folder.path), ["x.json"]);
});

Deno.test("writeFileAtomically() writes an empty file and one of several megabytes", async () => {
  await using folder = await tempDir();
  for (const size of [0, 5_000_001]) {
    const bytes = new Uint8Array(size).map((_, i) => i % 253);
    await writeFileAtomically(`${folder.path}/x`, bytes);
    assert.deepEqual(await Deno.readFile(`${folder.path}/x`), bytes);
  }
});

Deno.test("writeFileAtomically() never shows a reader a part of a file", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/x`;
  const contents = ["a", "b", "c", "d"].map((letter) => new TextEncoder().encode(letter.repeat(300_000)));
  await writeFileAtomically(path, contents[0]!);
  let isWriting = true;
  const writing = (async () => {
    for (let i = 0; i < 12; i++) await writeFileAtomically(path, contents[i % contents.length]!);
    isWriting = false;
  })();
  let reads = 0;
  while (isWriting) {
    const text = await Deno.readTextFile(path);
    assert.equal(text.length, 300_000);
    assert.equal(text, text[0]!.repeat(300_000));
    reads++;
  }
  await writing;
  assert.ok(reads > 0);
});

Deno.test("writeFileAtomically() leaves one writer's whole file when many write at once", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/x`;
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => writeFileAtomically(path, new Uint8Array(100_000).fill(i))),
  );
  const bytes = await Deno.readFile(path);
  assert.deepEqual(bytes, new Uint8Array(100_000).fill(bytes[0]!));
  assert.deepEqual(await filesUnder(folder.path), ["x"]);
});

Deno.test("writeFileAtomically() changes nothing when a folder has the file's name", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/x`;
  await writeFileAtomically(`${path}/inner`, OLD);
  await assert.rejects(writeFileAtomically(path, NEW), failsNaming(path, /os error/));
  assert.deepEqual(await filesUnder(folder.path), ["x/inner"]);
});

Deno.test("writeFileAtomically() reports an error when a file has the name of a parent folder", async () => {
  await using folder = await tempDir();
  await writeFileAtomically(`${folder.path}/x`, OLD);
  const path = `${folder.path}/x/y/z.json`;
  await assert.rejects(writeFileAtomically(path, NEW), failsNaming(path, /os error/));
  assert.deepEqual(await filesUnder(folder.path), ["x"]);
});

testWithSmallDisk("writeFileAtomically() reports a full disk and leaves the old file alone", async () => {
  await using disk = await smallDisk(1024);
  const path = `${disk.path}/x`;
  await writeFileAtomically(path, OLD);
  await assert.rejects(
    writeFileAtomically(path, new Uint8Array(2_000_000)),
    failsNaming(path, /No space left on device \(os error 28\)$/),
  );
  assert.deepEqual(await filesUnder(disk.path), ["x"]);
  assert.deepEqual(await Deno.readFile(path), OLD);
  await writeFileAtomically(path, new Uint8Array(500_000)); // the space is free again
});

testWithSmallDisk("writeFileAtomically() reports a read-only disk", async () => {
  await using disk = await smallDisk(1024);
  await writeFileAtomically(`${disk.path}/x`, OLD);
  makeReadOnly(disk);
  for (const name of ["x", "new", "folder/new"]) {
    const path = `${disk.path}/${name}`;
    await assert.rejects(writeFileAtomically(path, NEW), failsNaming(path, /Read-only file system \(os error 30\)/));
  }
  assert.deepEqual(await filesUnder(disk.path), ["x"]);
  assert.deepEqual(await Deno.readFile(`${disk.path}/x`), OLD);
});

Deno.test("removeIfThere() removes a file, and does nothing when there is none", async () => {
  await using folder = await tempDir();
  await Deno.writeFile(`${folder.path}/x`, OLD);
  await removeIfThere(`${folder.path}/x`);
  await removeIfThere(`${folder.path}/x`);
  await removeIfThere(`${folder.path}/no/such/folder`);
  assert.deepEqual(await filesUnder(folder.path), []);
});

Deno.test("removeIfThere() throws when a file cannot be removed", async () => {
  await using folder = await tempDir();
  await writeFileAtomically(`${folder.path}/full/x`, OLD);
  await assert.rejects(removeIfThere(`${folder.path}/full`), /os error/);
});

Deno.test("writeFileAtomically() flushes the file before its rename, and the folder after it", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/below/file`;
  await Deno.mkdir(`${folder.path}/below`);
  using recorded = recordDisk();
  await writeFileAtomically(path, new Uint8Array(3));
  const [first, second, third, ...others] = recorded.events;
  assert.match(first!, /^sync .*\/below\/\.file\..*\.tmp$/);
  assert.match(second!, /^rename .*\.tmp .*\/below\/file$/);
  assert.equal(third, `sync ${folder.path}/below`);
  assert.deepEqual(others, []);
});
