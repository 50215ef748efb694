import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { FileStore } from "./file_store.ts";
import { SourceError } from "./source_error.ts";

const PLENTY = { maxBytes: 1_000_000 };

/** Opens the store of a folder with two files. */
async function filledStore() {
  const folder = await tempDir();
  await Deno.mkdir(`${folder.path}/hrrr.20260129`);
  await Deno.writeFile(`${folder.path}/hrrr.20260129/x.grib2`, Uint8Array.from({ length: 100 }, (_, i) => i));
  await Deno.writeTextFile(`${folder.path}/empty`, "");
  const store = new FileStore(pathToFileURL(folder.path).href + "/");
  return { store, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

function failsWith(failure: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.equal(error.failure, failure);
    assert.match(error.message, message);
    return true;
  };
}

Deno.test("FileStore.readRange() gives the bytes from start up to but not including end", async () => {
  await using setting = await filledStore();
  const { store } = setting;
  const read = async (start: number, end: number | null) =>
    (await store.readRange("hrrr.20260129/x.grib2", { start, end }, PLENTY)).bytes;
  assert.deepEqual([...await read(10, 13)], [10, 11, 12]);
  assert.deepEqual([...await read(97, null)], [97, 98, 99]);
  assert.equal((await read(0, 100)).length, 100);
  assert.equal((await read(100, null)).length, 0);
});

Deno.test("FileStore.readText() gives a whole file", async () => {
  await using setting = await filledStore();
  const { store } = setting;
  const { text, version, ageMs } = await store.readText("hrrr.20260129/x.grib2", PLENTY);
  assert.equal(text.length, 100);
  assert.ok(Math.abs(Date.parse(version.modified!) - Date.now()) < 60_000);
  assert.ok(ageMs !== null && ageMs < 60_000);
  assert.deepEqual(await store.version("hrrr.20260129/x.grib2"), { ...version, etag: null, bytes: 100 });
  assert.equal((await store.readText("empty", PLENTY)).text, "");
});

Deno.test("FileStore fails with `missing` when there is no such file", async () => {
  await using setting = await filledStore();
  const { store } = setting;
  await assert.rejects(
    store.readText("no/such.idx", PLENTY),
    failsWith("missing", /^file:.*no\/such\.idx does not exist$/),
  );
  await assert.rejects(store.readRange("no", { start: 0, end: 1 }, PLENTY), failsWith("missing", /does not exist$/));
});

Deno.test("FileStore.readRange() fails with `missing` when the range goes beyond the end", async () => {
  await using setting = await filledStore();
  const { store } = setting;
  const read = (start: number, end: number | null) => store.readRange("hrrr.20260129/x.grib2", { start, end }, PLENTY);
  await assert.rejects(
    read(90, 101),
    failsWith("missing", /has only 100 bytes, and its index names bytes up to 101$/),
  );
  await assert.rejects(read(101, null), failsWith("missing", /has only 100 bytes/));
});

Deno.test("FileStore refuses to read more than it is allowed to", async () => {
  await using setting = await filledStore();
  const { store } = setting;
  const path = "hrrr.20260129/x.grib2";
  const few = { maxBytes: 99 };
  await assert.rejects(store.readText(path, few), failsWith("refused", /has 100 bytes; at most 99 are/));
  await assert.rejects(store.readRange(path, { start: 0, end: null }, few), failsWith("refused", /100 bytes/));
  assert.equal((await store.readRange(path, { start: 1, end: null }, few)).bytes.length, 99);
});

Deno.test("FileStore fails with `missing` when a folder is in the place of the file", async () => {
  await using setting = await filledStore();
  const { store } = setting;
  await assert.rejects(
    store.readText("hrrr.20260129", PLENTY),
    failsWith("missing", /hrrr\.20260129 is not a file$/),
  );
});
