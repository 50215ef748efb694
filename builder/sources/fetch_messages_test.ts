import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { leadOfHours } from "../../contract/lead.ts";
import {
  type Bytes,
  changed,
  fakeMessage,
  status,
  withoutEnd,
  writeObject,
} from "../../tests/support/faulty_bucket.ts";
import { filesUnder } from "../../tests/support/temp_dir.ts";
import { hrrr } from "../models/hrrr.ts";
import { instant } from "../grib/message_selector.ts";
import type { Model } from "../models/model.ts";
import { fetchMessages, type WantedMessage, wantedName } from "./fetch_messages.ts";
import type { CachedMessage } from "./message_cache.ts";
import { AllSourcesFailedError } from "./source_error.ts";
import {
  asked,
  bucketSetting,
  CACHED,
  DPT,
  DPT2M,
  failureOf,
  folderSetting,
  LAST_MESSAGE,
  MESSAGE,
  OBJECT_PATH,
  outcomes,
  RAIN,
  REFC,
  threeMessages,
  TMP,
  TMP2M,
} from "../../tests/support/fetch_setting.ts";
import { runId } from "../../tests/support/identity.ts";

Deno.test("fetchMessages() puts the message in the cache and gives its origin", async () => {
  await using setting = await bucketSetting([[]]);
  const { buckets: [bucket], dataRoot, fetchWith } = setting;
  const fetched = await fetchWith();
  assert.deepEqual(fetched, {
    path: `${dataRoot}/${CACHED[0]}`,
    provider: "first",
    url: bucket!.baseUrl + OBJECT_PATH,
    message: "TMP:2 m above ground:1 hour fcst",
    modified: fetched.modified,
    object: { ...fetched.object, modified: fetched.modified, bytes: 900 },
    bytes: 500,
    receipt: {
      url: bucket!.baseUrl + OBJECT_PATH,
      offset: 100,
      length: 500,
      sha256: createHash("sha256").update(MESSAGE).digest("hex"),
      etag: fetched.object.etag,
      modified: fetched.modified,
    },
  });
  assert.ok(fetched.object.etag);
  assert.ok(Math.abs(Date.parse(fetched.modified!) - Date.now()) < 60_000);
  assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
  assert.deepEqual(bucket!.requests.map(({ path, range }) => [path, range]), [
    [`${OBJECT_PATH}.idx`, null],
    [OBJECT_PATH, "bytes=100-599"],
  ]);
  assert.deepEqual(await filesUnder(dataRoot), CACHED);
});

Deno.test("fetchMessages() sends no request when the cache has the message", async () => {
  await using setting = await bucketSetting([[]]);
  const { buckets: [bucket], fetchWith } = setting;
  const first = await fetchWith();
  const requests = bucket!.requests.length;
  assert.deepEqual(await fetchWith(), first);
  assert.equal(bucket!.requests.length, requests);
});

Deno.test("fetchMessages() distinguishes messages of different hours, runs and elements", async () => {
  await using setting = await bucketSetting([[]]);
  const { fetchWith } = setting;
  const first = await fetchWith();
  await failureOf(fetchWith({ lead: leadOfHours(2) }));
  await failureOf(fetchWith({ run: runId("20260129_18z") }));
  const other = await fetchWith({ selector: DPT2M });
  assert.notEqual(other.path, first.path);
  assert.equal((await fetchWith()).bytes, 500);
});

/** Ways to damage a cache entry: the file to change, and its new bytes; null when the file is removed. */
const DAMAGE: Record<string, [index: number, bytes: Bytes | null]> = {
  "cut short": [0, MESSAGE.slice(0, 400)],
  "without its end": [0, withoutEnd(MESSAGE)],
  "empty": [0, new Uint8Array()],
  "gone": [0, null],
  "of unknown origin": [1, null],
  "of an origin cut short": [1, new TextEncoder().encode('{"provider":"fi')],
  "of an origin that is none": [1, new TextEncoder().encode('{"provider":7}')],
};

for (const [how, [index, bytes]] of Object.entries(DAMAGE)) {
  Deno.test(`fetchMessages() fetches again when the cached message is ${how}`, async () => {
    await using setting = await bucketSetting([[]]);
    const { buckets: [bucket], dataRoot, fetchWith } = setting;
    const first = await fetchWith();
    const damaged = `${dataRoot}/${CACHED[index]}`;
    await (bytes === null ? Deno.remove(damaged) : Deno.writeFile(damaged, bytes));
    assert.deepEqual(await fetchWith(), first);
    assert.equal(bucket!.requests.length, 4);
    assert.deepEqual(await Deno.readFile(first.path), MESSAGE);
    assert.deepEqual(await filesUnder(dataRoot), CACHED);
  });
}

Deno.test("fetchMessages() reads from the path of the layout that is valid at the date", async () => {
  const moving: Model = {
    ...hrrr,
    layouts: [
      {
        product: "sfc",
        validFrom: "2020-01-01",
        validTo: "2026-01-29",
        template: "old/{YYYYMMDD}/{HH}/{FFF}.grib2",
        index: "ncep",
      },
      { product: "sfc", validFrom: "2026-01-29", validTo: null, template: hrrr.layouts[0]!.template, index: "ncep" },
    ],
  };
  await using setting = await bucketSetting([[]]);
  const { buckets: [bucket], fetchWith } = setting;
  assert.equal((await fetchWith({ model: moving })).bytes, 500);
  await failureOf(fetchWith({ model: moving, run: runId("20260128_17z") }));
  assert.equal(bucket!.requests.at(-1)!.path, "old/20260128/17/001.grib2.idx");
});

Deno.test("fetchMessages() reads messages that lie far apart with one range each", async () => {
  await using setting = await folderSetting([[]]);
  const { buckets: [bucket], folder, request } = setting;
  await writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100, 1), what: "REFC:entire atmosphere:1 hour fcst:" },
    { bytes: fakeMessage(64 * 1024 + 1), what: "RETOP:cloud top:1 hour fcst:" },
    { bytes: MESSAGE, what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: fakeMessage(64 * 1024), what: "HAIL:surface:1 hour fcst:" },
    { bytes: LAST_MESSAGE, what: "DPT:2 m above ground:1 hour fcst:" },
    { bytes: fakeMessage(50), what: "VIS:surface:1 hour fcst:" },
  ]);
  assert.deepEqual(Object.values(await outcomes({ ...request, wanted: [REFC, TMP, DPT] })), Array(3).fill("first"));
  const [tmp, end] = [100 + 64 * 1024 + 1, 100 + 64 * 1024 + 1 + 500 + 64 * 1024 + 300];
  assert.deepEqual(asked(bucket).sort(), [
    "hrrr.t17z.wrfsfcf01.grib2 bytes=0-99",
    `hrrr.t17z.wrfsfcf01.grib2 bytes=${tmp}-${end - 1}`,
    "hrrr.t17z.wrfsfcf01.grib2.idx null",
  ]);
});

Deno.test("fetchMessages() reads messages of two products from their own files", async () => {
  await using setting = await threeMessages([[]]);
  const { buckets: [bucket], folder, request } = setting;
  await writeObject(`${folder}/${OBJECT_PATH.replace("sfc", "prs")}`, "2026012917", [
    { bytes: fakeMessage(70), what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: fakeMessage(80), what: "HGT:500 mb:1 hour fcst:" },
  ]);
  const onPressure: WantedMessage = { product: "prs", selector: TMP2M };
  const fetched = await fetchMessages({ ...request, wanted: [TMP, onPressure] });
  assert.equal((fetched.get(wantedName(TMP)) as CachedMessage).bytes, 500);
  assert.equal((fetched.get(wantedName(onPressure)) as CachedMessage).bytes, 70);
  assert.equal(bucket!.requests.length, 4);
});

Deno.test("fetchMessages() asks the second source only for messages that the first one lacks", async () => {
  const withoutLastLine = (index: Bytes) => index.slice(0, index.lastIndexOf(10, index.length - 2) + 1);
  await using setting = await threeMessages([[{ path: /idx$/, effect: changed(withoutLastLine) }], []]);
  const { buckets, request } = setting;
  // The index ends with TMP now: the message's own header gives its end.
  assert.deepEqual(await outcomes(request), {
    [wantedName(DPT)]: "second",
    [wantedName(REFC)]: "first",
    [wantedName(TMP)]: "first",
  });
  assert.deepEqual(asked(buckets[0]), [
    "hrrr.t17z.wrfsfcf01.grib2.idx null",
    "hrrr.t17z.wrfsfcf01.grib2 bytes=100-115",
    "hrrr.t17z.wrfsfcf01.grib2 bytes=0-599",
  ]);
  assert.deepEqual(asked(buckets[1]), [
    "hrrr.t17z.wrfsfcf01.grib2.idx null",
    "hrrr.t17z.wrfsfcf01.grib2 bytes=600-615",
    "hrrr.t17z.wrfsfcf01.grib2 bytes=600-899",
  ]);
});

Deno.test("fetchMessages() gives a reason for each message that no source has, and returns the others", async () => {
  const unknown: WantedMessage = { product: "sfc", selector: instant("SNOD", "surface") };
  await using setting = await threeMessages([[], [{ path: /./, effect: status(404) }]]);
  const { buckets, request } = setting;
  const fetched = await fetchMessages({ ...request, wanted: [TMP, unknown] });
  assert.equal((fetched.get(wantedName(TMP)) as CachedMessage).provider, "first");
  const error = fetched.get(wantedName(unknown));
  assert.ok(error instanceof AllSourcesFailedError);
  assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [
    ["first", "missing"],
    ["second", "missing"],
  ]);
  assert.match(error.message, /^Cannot fetch SNOD:surface of hrrr 20260129_17z forecast hour 1 from any source:/);
  assert.match(error.message, /lists no SNOD:surface at forecast hour 1: none of its 3 messages/);
  assert.equal(buckets[1]!.requests.length, 1);
});

Deno.test("fetchMessages() fetches a message once when it is wanted twice", async () => {
  await using setting = await threeMessages([[]]);
  const { buckets: [bucket], request } = setting;
  assert.deepEqual(await outcomes({ ...request, wanted: [TMP, REFC, { ...TMP }, TMP] }), {
    [wantedName(TMP)]: "first",
    [wantedName(REFC)]: "first",
  });
  assert.deepEqual(asked(bucket).slice(1), ["hrrr.t17z.wrfsfcf01.grib2 bytes=0-599"]);
});

Deno.test("fetchMessages() sends no request when no message is wanted", async () => {
  await using setting = await threeMessages([[]]);
  const { buckets: [bucket], request } = setting;
  assert.deepEqual(await outcomes({ ...request, wanted: [] }), {});
  assert.equal(bucket!.requests.length, 0);
});

Deno.test("fetchMessages() requests only the messages that the cache lacks", async () => {
  await using setting = await threeMessages([[]]);
  const { buckets: [bucket], request } = setting;
  await fetchMessages({ ...request, wanted: [TMP] });
  assert.deepEqual(Object.values(await outcomes(request)), Array(3).fill("first"));
  assert.deepEqual(asked(bucket).slice(2), [
    "hrrr.t17z.wrfsfcf01.grib2.idx null",
    "hrrr.t17z.wrfsfcf01.grib2 bytes=600-615",
    "hrrr.t17z.wrfsfcf01.grib2 bytes=0-899",
  ], "the cached message lies between: one range is cheaper than two");
});

const RUN_TOTAL: WantedMessage = { product: "sfc", selector: { ...RAIN, windowMinutes: "run" } };
const HOUR_EARLIER: WantedMessage = { product: "sfc", selector: { ...RAIN, windowMinutes: "run", minutesEarlier: 60 } };

Deno.test("fetchMessages() reads the earlier total of a difference from the earlier hour's file", async () => {
  await using setting = await folderSetting([[]]);
  const { buckets: [bucket], folder, request } = setting;
  for (const hour of [1, 2]) {
    await writeObject(`${folder}/${OBJECT_PATH.replace("f01", `f0${hour}`)}`, "2026012917", [
      { bytes: fakeMessage(100, hour), what: `APCP:surface:0-${hour} hour acc fcst:` },
      { bytes: fakeMessage(50), what: `VIS:surface:${hour} hour fcst:` },
    ]);
  }
  const difference = { ...request, lead: leadOfHours(2), wanted: [RUN_TOTAL, HOUR_EARLIER] };
  const fetched = await fetchMessages(difference);
  const [now, earlier] = [RUN_TOTAL, HOUR_EARLIER].map((wanted) => fetched.get(wantedName(wanted)) as CachedMessage);
  assert.equal(now!.message, "APCP:surface:0-2 hour acc fcst");
  assert.equal(earlier!.message, "APCP:surface:0-1 hour acc fcst");
  assert.match(earlier!.url, /wrfsfcf01\.grib2$/);
  assert.deepEqual(await Deno.readFile(now!.path), fakeMessage(100, 2));
  assert.deepEqual(await Deno.readFile(earlier!.path), fakeMessage(100, 1));
  assert.deepEqual(asked(bucket).sort(), [
    "hrrr.t17z.wrfsfcf01.grib2 bytes=0-99",
    "hrrr.t17z.wrfsfcf01.grib2.idx null",
    "hrrr.t17z.wrfsfcf02.grib2 bytes=0-99",
    "hrrr.t17z.wrfsfcf02.grib2.idx null",
  ]);
  // The earlier total is hour 1's run total: a fetch of hour 1 finds it in the cache.
  const ownHour = await fetchMessages({ ...request, wanted: [RUN_TOTAL] });
  assert.deepEqual(ownHour.get(wantedName(RUN_TOTAL)), earlier);
  assert.equal(bucket!.requests.length, 4);
});

Deno.test("fetchMessages() reports which of a difference's two totals is missing", async () => {
  await using setting = await folderSetting([[]]);
  const { folder, request } = setting;
  await writeObject(`${folder}/${OBJECT_PATH.replace("f01", "f02")}`, "2026012917", [
    { bytes: fakeMessage(100), what: "APCP:surface:0-2 hour acc fcst:" },
  ]);
  const wanted = [RUN_TOTAL, HOUR_EARLIER];
  assert.deepEqual(await outcomes({ ...request, lead: leadOfHours(2), wanted }), {
    [wantedName(RUN_TOTAL)]: "first",
    [wantedName(HOUR_EARLIER)]: ["first missing"],
  });
});

Deno.test("fetchMessages() reads a message once when it is both the run's total and the hour's", async () => {
  await using setting = await folderSetting([[]]);
  const { buckets: [bucket], folder, request } = setting;
  await writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100, 1), what: "APCP:surface:0-1 hour acc fcst:" },
    { bytes: fakeMessage(100, 2), what: "APCP:surface:0-1 hour acc fcst:" },
    { bytes: fakeMessage(50), what: "VIS:surface:1 hour fcst:" },
  ]);
  const lastHour: WantedMessage = { product: "sfc", selector: { ...RAIN, windowMinutes: 60 } };
  const fetched = await fetchMessages({ ...request, wanted: [RUN_TOTAL, lastHour] });
  assert.deepEqual(asked(bucket).slice(1), ["hrrr.t17z.wrfsfcf01.grib2 bytes=0-99"]);
  const paths = [...fetched.values()].map((outcome) => (outcome as CachedMessage).path);
  assert.equal(paths.length, 2);
  assert.equal(paths[0], paths[1]);
});
