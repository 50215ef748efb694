import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ModelId, RunId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { type Bytes, fakeMessage } from "../../tests/support/faulty_bucket.ts";
import { FILE_FAULTS } from "../../tests/support/break_file.ts";
import { filesUnder, tempDir } from "../../tests/support/temp_dir.ts";
import { instant, type MessageSelector } from "../grib/message_selector.ts";
import { clearCache, MessageCache, type MessageKey, trimCache } from "./message_cache.ts";
import { modelId, runId } from "../../tests/support/identity.ts";

const HRRR = modelId("hrrr");
const RUN = runId("20260129_17z");
const MESSAGE = fakeMessage(500, 3);
const ORIGIN = {
  etag: '"9f86"',
  objectBytes: 161_000_000,
  offset: 100,
  provider: "aws",
  url: "https://bucket.example/x.grib2",
  message: "TMP:2 m above ground:6 hour fcst",
  modified: "2026-02-17T07:02:00.000Z",
};
const TMP: MessageKey = { product: "sfc", lead: leadOfHours(6), selector: instant("TMP", "2 m above ground") };
const RUN_TOTAL: MessageSelector = {
  element: "APCP",
  level: "surface",
  statistic: "accumulation",
  windowMinutes: "run",
};

const sha256 = (bytes: Bytes) => createHash("sha256").update(bytes).digest("hex");

interface Setting extends AsyncDisposable {
  readonly cache: MessageCache;
  readonly dataRoot: string;
  /** Paths relative to the run's folder. */
  readonly files: () => Promise<string[]>;
  readonly folder: string;
}

/** Opens the cache of a run in an empty data root. */
async function emptyCache(): Promise<Setting> {
  const root = await tempDir();
  const folder = `${root.path}/cache/${HRRR}/${RUN}`;
  return {
    cache: new MessageCache(root.path, HRRR, RUN),
    dataRoot: root.path,
    files: () => filesUnder(folder),
    folder,
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

Deno.test("MessageCache.read() returns the written message and its origin", async () => {
  await using setting = await emptyCache();
  const { cache, files, folder } = setting;
  assert.equal(await cache.read(TMP), null);
  const written = await cache.write(TMP, MESSAGE, ORIGIN);
  const path = `${folder}/messages/${sha256(MESSAGE)}.grib2`;
  const { provider, url, message, modified, etag, objectBytes } = ORIGIN;
  const object = { etag, modified, bytes: objectBytes };
  const receipt = { url, offset: 100, length: 500, sha256: sha256(MESSAGE), etag, modified };
  assert.deepEqual(written, { path, provider, url, message, modified, object, bytes: 500, receipt });
  assert.deepEqual(await cache.read(TMP), written);
  assert.deepEqual(await Deno.readFile(path), MESSAGE);
  assert.deepEqual(await files(), [
    `messages/${sha256(MESSAGE)}.grib2`,
    "sfc/6/TMP-2-m-above-ground-instant.json",
  ]);
});

Deno.test("MessageCache.write() stores a message once when two keys ask for it", async () => {
  await using setting = await emptyCache();
  const { cache, files } = setting;
  const one: MessageKey = { product: "sfc", lead: leadOfHours(1), selector: { ...RUN_TOTAL, windowMinutes: 60 } };
  const total: MessageKey = { product: "sfc", lead: leadOfHours(1), selector: RUN_TOTAL };
  const first = await cache.write(one, MESSAGE, ORIGIN);
  const second = await cache.write(total, MESSAGE, { ...ORIGIN, provider: "google" });
  assert.equal(first.path, second.path);
  assert.deepEqual(await files(), [
    `messages/${sha256(MESSAGE)}.grib2`,
    "sfc/1/APCP-surface-1-h-accumulation.json",
    "sfc/1/APCP-surface-run-total-accumulation.json",
  ]);
  assert.equal((await cache.read(one))!.provider, "aws");
  assert.equal((await cache.read(total))!.provider, "google");
});

Deno.test("MessageCache.write() replaces older bytes of a message with newer ones", async () => {
  await using setting = await emptyCache();
  const { cache } = setting;
  const other = fakeMessage(300, 9);
  await cache.write(TMP, MESSAGE, ORIGIN);
  await cache.write(TMP, other, ORIGIN);
  const read = await cache.read(TMP);
  assert.deepEqual(await Deno.readFile(read!.path), other);
  assert.equal(read!.bytes, 300);
});

Deno.test("MessageCache.read() distinguishes elements, levels, statistics, hours, products, models and runs", async () => {
  await using setting = await emptyCache();
  const { cache, dataRoot } = setting;
  await cache.write(TMP, MESSAGE, ORIGIN);
  await cache.write({ ...TMP, selector: RUN_TOTAL }, fakeMessage(100), ORIGIN);
  const others: MessageKey[] = [
    { ...TMP, product: "prs" },
    { ...TMP, lead: leadOfHours(5) },
    { ...TMP, selector: instant("DPT", "2 m above ground") },
    { ...TMP, selector: instant("TMP", "surface") },
    { ...TMP, selector: { element: "TMP", level: "2 m above ground", statistic: "maximum", windowMinutes: "any" } },
    { ...TMP, selector: { ...RUN_TOTAL, windowMinutes: 360 } },
  ];
  for (const key of others) assert.equal(await cache.read(key), null, JSON.stringify(key));
  assert.equal(await new MessageCache(dataRoot, modelId("rrfs"), RUN).read(TMP), null);
  assert.equal(await new MessageCache(dataRoot, HRRR, runId("20260129_18z")).read(TMP), null);
  assert.equal((await cache.read(TMP))!.bytes, 500);
});

Deno.test("MessageCache uses the record of a message's own hour when another hour asks for it", async () => {
  await using setting = await emptyCache();
  const { cache, files } = setting;
  const own: MessageKey = { product: "sfc", lead: leadOfHours(5), selector: RUN_TOTAL };
  const fromHour6: MessageKey = {
    product: "sfc",
    lead: leadOfHours(5),
    selector: { ...RUN_TOTAL, minutesEarlier: 60 },
  };
  const fromHour8: MessageKey = {
    product: "sfc",
    lead: leadOfHours(5),
    selector: { ...RUN_TOTAL, minutesEarlier: 180 },
  };
  const written = await cache.write(fromHour6, MESSAGE, ORIGIN);
  assert.deepEqual(await cache.read(own), written);
  assert.deepEqual(await cache.read(fromHour8), written);
  await cache.write(own, MESSAGE, ORIGIN);
  assert.deepEqual(await files(), [
    `messages/${sha256(MESSAGE)}.grib2`,
    "sfc/5/APCP-surface-run-total-accumulation.json",
  ]);
});

/** Damage to one of a message's two files, and the file's new bytes; null when the file is removed. */
const DAMAGE: readonly { how: string; file: "message" | "record"; bytes: Bytes | null }[] = [
  { how: "the message is gone", file: "message", bytes: null },
  { how: "the message is empty", file: "message", bytes: new Uint8Array() },
  { how: "the message is cut short", file: "message", bytes: MESSAGE.slice(0, 499) },
  { how: "one byte of the message has changed", file: "message", bytes: MESSAGE.map((byte, i) => i === 99 ? 4 : byte) },
  { how: "the message is another one of the same length", file: "message", bytes: fakeMessage(500, 4) },
  { how: "the record is gone", file: "record", bytes: null },
  { how: "the record is empty", file: "record", bytes: new Uint8Array() },
  { how: "the record is cut short", file: "record", bytes: new TextEncoder().encode('{"provider":"aws","url":"htt') },
  { how: "the record is something else", file: "record", bytes: new TextEncoder().encode('{"provider":7}') },
  {
    how: "the record points out of the cache",
    file: "record",
    bytes: new TextEncoder().encode(JSON.stringify({ ...ORIGIN, bytes: 500, sha256: "../../../messages/x" })),
  },
];

for (const { how, file, bytes } of DAMAGE) {
  Deno.test(`MessageCache.read() returns null when ${how}, until the message is written again`, async () => {
    await using setting = await emptyCache();
    const { cache, folder } = setting;
    const written = await cache.write(TMP, MESSAGE, ORIGIN);
    const path = file === "message" ? written.path : `${folder}/sfc/6/TMP-2-m-above-ground-instant.json`;
    await (bytes === null ? Deno.remove(path) : Deno.writeFile(path, bytes));
    assert.equal(await cache.read(TMP), null);
    assert.deepEqual(await cache.write(TMP, MESSAGE, ORIGIN), written);
    assert.deepEqual(await cache.read(TMP), written);
  });
}

Deno.test("MessageCache.read() throws an error that another fetch would not repair", async () => {
  await using setting = await emptyCache();
  const { cache, folder } = setting;
  await Deno.mkdir(`${folder}/sfc`, { recursive: true });
  await Deno.writeTextFile(`${folder}/sfc/6`, "");
  await assert.rejects(cache.read(TMP), Deno.errors.NotADirectory);
});

for (const [how, fault] of Object.entries(FILE_FAULTS)) {
  for (const file of ["message", "record"] as const) {
    Deno.test(`MessageCache works again after a write when a ${file} ${how}`, async () => {
      await using setting = await emptyCache();
      const { cache, folder } = setting;
      const written = await cache.write(TMP, MESSAGE, ORIGIN);
      await fault(file === "message" ? written.path : `${folder}/sfc/6/TMP-2-m-above-ground-instant.json`);
      assert.equal(await cache.read(TMP), null);
      assert.deepEqual(await cache.write(TMP, MESSAGE, ORIGIN), written);
      assert.deepEqual(await cache.read(TMP), written);
    });
  }
}

/** Makes a data root with one message in each of the given runs. */
async function rootWithRuns(names: readonly string[]) {
  const root = await tempDir();
  for (const name of names) {
    const [model, run] = name.split("/") as [ModelId, RunId];
    await new MessageCache(root.path, model, run).write(TMP, MESSAGE, ORIGIN);
  }
  return root;
}

async function runsUnder(dataRoot: string): Promise<string[]> {
  const files = await filesUnder(`${dataRoot}/cache`);
  return [...new Set(files.map((path) => path.split("/").slice(0, 2).join("/")))];
}

Deno.test("clearCache() removes one run and nothing else, and succeeds when the run is already gone", async () => {
  await using folder = await rootWithRuns(["hrrr/20260129_16z", "hrrr/20260129_17z", "rrfs/20260129_17z"]);
  const { path: dataRoot } = folder;
  await Deno.writeTextFile(`${dataRoot}/published.json`, "{}");
  await clearCache(dataRoot, HRRR, RUN);
  assert.deepEqual(await runsUnder(dataRoot), ["hrrr/20260129_16z", "rrfs/20260129_17z"]);
  assert.deepEqual(await Deno.readTextFile(`${dataRoot}/published.json`), "{}");
  await clearCache(dataRoot, HRRR, RUN);
  assert.deepEqual(await runsUnder(dataRoot), ["hrrr/20260129_16z", "rrfs/20260129_17z"]);
});

Deno.test("trimCache() keeps the newest runs of a model by their names and leaves other models alone", async () => {
  const runs = ["hrrr/20260129_09z", "hrrr/20251231_23z", "hrrr/20260129_10z", "hrrr/20260128_18z"];
  const others = ["gfs/20200101_00z", "gfs/20200101_06z", "gfs/20200101_12z"];
  await using folder = await rootWithRuns([...runs, ...others]);
  const { path: dataRoot } = folder;
  await trimCache(dataRoot, HRRR, 2);
  assert.deepEqual(await runsUnder(dataRoot), [...others, "hrrr/20260129_09z", "hrrr/20260129_10z"]);
  await trimCache(dataRoot, HRRR, 2);
  assert.deepEqual(await runsUnder(dataRoot), [...others, "hrrr/20260129_09z", "hrrr/20260129_10z"]);
  await trimCache(dataRoot, HRRR, 0);
  assert.deepEqual(await runsUnder(dataRoot), others);
});

Deno.test("trimCache() keeps all runs when there are fewer than the limit, and succeeds without a cache", async () => {
  await using folder = await rootWithRuns(["hrrr/20260129_09z"]);
  const { path: dataRoot } = folder;
  await trimCache(dataRoot, HRRR, 2);
  await trimCache(dataRoot, modelId("nam"), 0);
  assert.deepEqual(await runsUnder(dataRoot), ["hrrr/20260129_09z"]);
});
