import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { ForecastHour, RunId } from "../../contract/identity.ts";
import {
  type Bytes,
  changed,
  claimingLength,
  concatenate,
  cutMidLine,
  drip,
  fakeMessage,
  type Fault,
  type FaultyBucket,
  faultyBucket,
  halfBody,
  namingBytesBeyond,
  rangeIgnored,
  redirect,
  slow,
  status,
  withoutEnd,
  writeObject,
} from "../../tests/support/faulty_bucket.ts";
import { filesUnder, tempDir } from "../../tests/support/temp_dir.ts";
import { ecmwf } from "../models/ecmwf.ts";
import { hrrr } from "../models/hrrr.ts";
import { instant, type MessageSelector } from "../grib/message_selector.ts";
import type { Model, Source } from "../models/model.ts";
import { fetchMessages, type FetchRequest, type WantedMessage, wantedName } from "./fetch_messages.ts";
import type { RetryPolicy } from "./http_store.ts";
import { type CachedMessage, clearCache } from "./message_cache.ts";
import type { Patience } from "./race_sources.ts";
import { AllSourcesFailedError } from "./source_error.ts";
import { askingOrder, sourcesHealth } from "./source_health.ts";

const POLICY: RetryPolicy = { retries: 2, firstDelayMs: 2, maxDelayMs: 10, timeoutMs: 2000 };
const TRIES = POLICY.retries + 1;
const RUN = "20260129_17z" as RunId;
const FH = 1 as ForecastHour;
const OBJECT_PATH = "hrrr.20260129/conus/hrrr.t17z.wrfsfcf01.grib2";
const TMP2M: MessageSelector = { element: "TMP", level: "2 m above ground", statistic: "instant" };
const DPT2M: MessageSelector = { ...TMP2M, element: "DPT" };
const MESSAGE = fakeMessage(500, 3);
const LAST_MESSAGE = fakeMessage(300, 2);
const CACHED = [
  `cache/hrrr/20260129_17z/messages/${createHash("sha256").update(MESSAGE).digest("hex")}.grib2`,
  "cache/hrrr/20260129_17z/sfc/1/TMP-2-m-above-ground-instant.json",
];

interface Setting {
  /** The buckets, one for each list of faults. */
  readonly buckets: readonly FaultyBucket[];
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly folder: string;
  /** Asks for one message. */
  readonly fetchWith: (change?: Partial<FetchRequest> & { selector?: MessageSelector }) => Promise<CachedMessage>;
}

async function fetchOne(request: FetchRequest): Promise<CachedMessage> {
  const outcome = (await fetchMessages(request)).get(wantedName(request.wanted[0]!))!;
  if (outcome instanceof AllSourcesFailedError) throw outcome;
  return outcome;
}

/**
 * Runs a test with an empty data root and buckets named `first`, `second` and so on, each with one object of three
 * messages.
 */
async function withBuckets(faults: readonly (readonly Fault[])[], test: (setting: Setting) => Promise<void>) {
  await using folder = await tempDir();
  await using root = await tempDir();
  await writeObject(`${folder.path}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100, 1), what: "REFC:entire atmosphere:1 hour fcst:" },
    { bytes: MESSAGE, what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: LAST_MESSAGE, what: "DPT:2 m above ground:1 hour fcst:" },
  ]);
  await using stack = new AsyncDisposableStack();
  const buckets = faults.map((faults) => stack.use(faultyBucket(folder.path, faults)));
  const sources = buckets.map(({ baseUrl }, i) => ({ id: ["first", "second", "third"][i]!, baseUrl }));
  const request: FetchRequest = {
    model: hrrr,
    run: RUN,
    fh: FH,
    wanted: [{ product: "sfc", selector: TMP2M }],
    sources,
    dataRoot: root.path,
    signal: new AbortController().signal,
    retryPolicy: POLICY,
  };
  await test({
    buckets,
    sources,
    dataRoot: root.path,
    folder: folder.path,
    fetchWith: ({ selector = TMP2M, ...change } = {}) =>
      fetchOne({ ...request, wanted: [{ product: "sfc", selector }], ...change }),
  });
}

async function failureOf(promise: Promise<unknown>): Promise<AllSourcesFailedError> {
  const error = await promise.then(() => assert.fail("it did not fail"), (error: unknown) => error);
  assert.ok(error instanceof AllSourcesFailedError, String(error));
  return error;
}

Deno.test("fetchMessages() puts the message in the cache and gives its origin", () =>
  withBuckets([[]], async ({ buckets: [bucket], dataRoot, fetchWith }) => {
    const fetched = await fetchWith();
    assert.deepEqual(fetched, {
      path: `${dataRoot}/${CACHED[0]}`,
      provider: "first",
      url: bucket!.baseUrl + OBJECT_PATH,
      message: "TMP:2 m above ground:1 hour fcst",
      modified: fetched.modified,
      object: { ...fetched.object, modified: fetched.modified, bytes: 900 },
      bytes: 500,
    });
    assert.ok(fetched.object.etag);
    assert.ok(Math.abs(Date.parse(fetched.modified!) - Date.now()) < 60_000);
    assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
    assert.deepEqual(bucket!.requests.map(({ path, range }) => [path, range]), [
      [`${OBJECT_PATH}.idx`, null],
      [OBJECT_PATH, "bytes=100-599"],
    ]);
    assert.deepEqual(await filesUnder(dataRoot), CACHED);
  }));

Deno.test("fetchMessages() reads the end of an index's last message from the message itself", () =>
  withBuckets([[]], async ({ buckets: [bucket], fetchWith }) => {
    const fetched = await fetchWith({ selector: DPT2M });
    assert.deepEqual(await Deno.readFile(fetched.path), LAST_MESSAGE);
    assert.deepEqual(bucket!.requests.map(({ range }) => range), [null, "bytes=600-615", "bytes=600-899"]);
  }));

Deno.test("fetchMessages() returns only the message when the index is cut short after its line", () => {
  const twoLines = (index: Bytes) => index.slice(0, index.lastIndexOf(10, index.length - 2) + 1);
  return withBuckets([[{ path: /idx$/, effect: changed(twoLines) }]], async ({ fetchWith }) => {
    assert.deepEqual(await Deno.readFile((await fetchWith()).path), MESSAGE);
    assert.match(
      (await failureOf(fetchWith({ selector: DPT2M }))).message,
      /\(missing\): .* lists no DPT:2 m above ground/,
    );
  });
});

Deno.test("fetchMessages() fails with `missing` when the object does not yet reach the end of its last message", () =>
  withBuckets([[]], async ({ folder, dataRoot, fetchWith }) => {
    for (const [size, reason] of [[880, /has only 880 bytes so far/], [610, /has only 610/], [600, /416/]] as const) {
      await Deno.truncate(`${folder}/${OBJECT_PATH}`, size);
      const error = await failureOf(fetchWith({ selector: DPT2M }));
      assert.match(error.message, reason);
      assert.equal(error.isNotReady, true);
    }
    assert.deepEqual(await filesUnder(dataRoot), []);
  }));

Deno.test("fetchMessages() fails with `bad-answer` when the last message has no valid beginning or length", async () => {
  const endless = (body: Bytes) => claimingLength(2 ** 40)(body);
  for (
    const [change, reason] of [[() => new Uint8Array(16), /Not a GRIB2 message/], [
      endless,
      /has a length of 1[0-9]+ bytes in section 0, expected 20 to/,
    ]] as const
  ) {
    await withBuckets([[{ path: /grib2$/, effect: changed(change) }]], async ({ buckets: [bucket], fetchWith }) => {
      const error = await failureOf(fetchWith({ selector: DPT2M }));
      assert.equal(error.failures[0]!.error.failure, "bad-answer");
      assert.match(error.message, reason);
      assert.equal(bucket!.requests.length, 2);
    });
  }
});

Deno.test("fetchMessages() reads a folder laid out like the bucket", () =>
  withBuckets([], async ({ folder, fetchWith }) => {
    const baseUrl = pathToFileURL(folder).href + "/";
    const fetched = await fetchWith({ sources: [{ id: "file", baseUrl }] });
    assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
    assert.equal(fetched.url, baseUrl + OBJECT_PATH);
  }));

Deno.test("fetchMessages() sends no request when the cache has the message", () =>
  withBuckets([[]], async ({ buckets: [bucket], fetchWith }) => {
    const first = await fetchWith();
    const requests = bucket!.requests.length;
    assert.deepEqual(await fetchWith(), first);
    assert.equal(bucket!.requests.length, requests);
  }));

Deno.test("fetchMessages() distinguishes messages of different hours, runs and elements", () =>
  withBuckets([[]], async ({ fetchWith }) => {
    const first = await fetchWith();
    await failureOf(fetchWith({ fh: 2 as ForecastHour }));
    await failureOf(fetchWith({ run: "20260129_18z" as RunId }));
    const other = await fetchWith({ selector: DPT2M });
    assert.notEqual(other.path, first.path);
    assert.equal((await fetchWith()).bytes, 500);
  }));

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
  Deno.test(`fetchMessages() fetches again when the cached message is ${how}`, () =>
    withBuckets([[]], async ({ buckets: [bucket], dataRoot, fetchWith }) => {
      const first = await fetchWith();
      const damaged = `${dataRoot}/${CACHED[index]}`;
      await (bytes === null ? Deno.remove(damaged) : Deno.writeFile(damaged, bytes));
      assert.deepEqual(await fetchWith(), first);
      assert.equal(bucket!.requests.length, 4);
      assert.deepEqual(await Deno.readFile(first.path), MESSAGE);
      assert.deepEqual(await filesUnder(dataRoot), CACHED);
    }));
}

/** Every fault that a mirror can have: its name, its effect, and the requests until the fetch fails. */
const FAULTS: readonly (Fault & { when: string; failure: string; reason: RegExp; requests: number })[] = [
  {
    when: "the index is missing",
    path: /idx$/,
    effect: status(404),
    failure: "missing",
    reason: /idx answered 404/,
    requests: 1,
  },
  {
    when: "the object is missing",
    path: /grib2$/,
    effect: status(404),
    failure: "missing",
    reason: /grib2 answered 404/,
    requests: 2,
  },
  {
    when: "the index is cut short in the message's line",
    path: /idx$/,
    effect: changed((index) => index.slice(0, index.indexOf(10) + 30)),
    failure: "missing",
    reason: /\.idx lists no TMP:2 m above ground/,
    requests: 1,
  },
  {
    when: "the index has garbage in it",
    path: /idx$/,
    effect: changed(() => new TextEncoder().encode("<html>busy</html>\n")),
    failure: "missing",
    reason: /\.idx is still being written: line 1 cannot be read: "<html>busy<\/html>"/,
    requests: 1,
  },
  {
    when: "the index is empty",
    path: /idx$/,
    effect: changed(() => new Uint8Array()),
    failure: "missing",
    reason: /\.idx is still being written: it is empty/,
    requests: 1,
  },
  {
    when: "the index names bytes beyond the object",
    path: /idx$/,
    effect: changed(namingBytesBeyond),
    failure: "missing",
    reason: /416: its index names bytes beyond the object/,
    requests: 2,
  },
  {
    when: "the range is ignored",
    path: /grib2$/,
    effect: rangeIgnored(),
    failure: "refused",
    reason: /ignored the byte range/,
    requests: 2,
  },
  {
    when: "access is refused",
    path: /./,
    effect: status(403),
    failure: "refused",
    reason: /answered 403/,
    requests: 1,
  },
  {
    when: "the client is sent elsewhere",
    path: /./,
    effect: redirect(),
    failure: "throttled",
    reason: /answered 302: too many requests/,
    requests: TRIES,
  },
  {
    when: "the host is down",
    path: /grib2$/,
    effect: status(503),
    failure: "unavailable",
    reason: /answered 503/,
    requests: 1 + TRIES,
  },
  {
    when: "the body ends early",
    path: /grib2$/,
    effect: halfBody(),
    failure: "unavailable",
    reason: /broke off after 437 of 500 bytes/,
    requests: 1 + TRIES,
  },
  {
    when: "the message has no end",
    path: /grib2$/,
    effect: changed(withoutEnd),
    failure: "bad-answer",
    reason: /Corrupt GRIB: message 1 of "http:.* bytes 100-599" does not end in 7777/,
    requests: 2,
  },
  {
    when: "the message says it is longer",
    path: /grib2$/,
    effect: changed(claimingLength(7)),
    failure: "bad-answer",
    reason: /Corrupt GRIB: http:.* bytes 100-599 has a length of 507 bytes in section 0, but its range has 500/,
    requests: 2,
  },
  {
    when: "the bytes are something else",
    path: /grib2$/,
    effect: changed((body) => body.fill(0)),
    failure: "bad-answer",
    reason: /Not a GRIB2 message: http:.* bytes 100-599 does not begin with section 0/,
    requests: 2,
  },
];

for (const { when, failure, reason, requests, ...fault } of FAULTS) {
  Deno.test(`fetchMessages() fails with \`${failure}\` and leaves nothing in the cache when ${when}`, () =>
    withBuckets([[fault]], async ({ buckets: [bucket], dataRoot, fetchWith }) => {
      const error = await failureOf(fetchWith());
      assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [["first", failure]]);
      assert.match(error.message, reason);
      assert.equal(error.isNotReady, failure === "missing");
      assert.equal(bucket!.requests.length, requests);
      assert.deepEqual(await filesUnder(dataRoot), []);
    }));

  Deno.test(`fetchMessages() uses the second source when ${when} at the first one`, () =>
    withBuckets([[fault], []], async ({ buckets: [, second], dataRoot, fetchWith }) => {
      const fetched = await fetchWith();
      assert.equal(fetched.provider, "second");
      assert.equal(fetched.url, second!.baseUrl + OBJECT_PATH);
      assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
      const written = JSON.parse(await Deno.readTextFile(`${dataRoot}/${CACHED[1]}`));
      assert.deepEqual([written.provider, written.url], ["second", fetched.url]);
      assert.deepEqual(await filesUnder(dataRoot), CACHED);
    }));
}

Deno.test("fetchMessages() does not ask the second source when the first one gives the message", () =>
  withBuckets([[], []], async ({ buckets: [first, second], fetchWith }) => {
    await fetchWith();
    assert.deepEqual([first!.requests.length, second!.requests.length], [2, 0]);
  }));

Deno.test("fetchMessages() gives one reason for each source when all fail", () => {
  const faults = [
    [{ path: /./, effect: status(404) }],
    [{ path: /./, effect: status(503) }],
    [{ path: /grib2$/, effect: changed(withoutEnd) }],
  ];
  return withBuckets(faults, async ({ dataRoot, fetchWith }) => {
    const error = await failureOf(fetchWith());
    assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [
      ["first", "missing"],
      ["second", "unavailable"],
      ["third", "bad-answer"],
    ]);
    const lines = error.message.split("\n");
    assert.equal(lines[0], "Cannot fetch TMP:2 m above ground of hrrr 20260129_17z forecast hour 1 from any source:");
    assert.equal(lines.length, 4);
    assert.match(lines[1]!, /^ {2}first \(missing\): http:.*answered 404$/);
    assert.match(lines[2]!, /^ {2}second \(unavailable\): http:.*answered 503$/);
    assert.match(lines[3]!, /^ {2}third \(bad-answer\): Corrupt GRIB/);
    assert.equal(error.isNotReady, true, "one that answers says that it is not there");
    assert.deepEqual(await filesUnder(dataRoot), []);
  });
});

Deno.test("fetchMessages() reports that data is not ready, and fetches it once it is", () =>
  withBuckets([[{ path: /idx$/, effect: status(404), times: 2 }]], async ({ fetchWith }) => {
    for (const _ of [1, 2]) assert.equal((await failureOf(fetchWith())).isNotReady, true);
    assert.equal((await fetchWith()).bytes, 500);
  }));

Deno.test("fetchMessages() refuses an index of another cycle", () => {
  const yesterday = (index: Bytes) =>
    new TextEncoder().encode(new TextDecoder().decode(index).replaceAll("d=2026012917", "d=2026012817"));
  return withBuckets([[{ path: /idx$/, effect: changed(yesterday) }]], async ({ fetchWith }) => {
    const error = await failureOf(fetchWith());
    assert.match(error.message, /\(bad-answer\): .*\.idx has no message of run 20260129_17z/);
  });
});

Deno.test("fetchMessages() reads from the path of the layout that is valid at the date", () => {
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
  return withBuckets([[]], async ({ buckets: [bucket], fetchWith }) => {
    assert.equal((await fetchWith({ model: moving })).bytes, 500);
    await failureOf(fetchWith({ model: moving, run: "20260128_17z" as RunId }));
    assert.equal(bucket!.requests.at(-1)!.path, "old/20260128/17/001.grib2.idx");
  });
});

Deno.test("fetchMessages() stops with the signal's reason and tries no other source", () =>
  withBuckets([[{ path: /grib2$/, effect: slow(5000) }], []], async ({ buckets: [, second], dataRoot, fetchWith }) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const timer = setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(fetchWith({ signal: controller.signal }), (error: unknown) => error === reason);
    clearTimeout(timer);
    assert.equal(second!.requests.length, 0);
    assert.deepEqual(await filesUnder(dataRoot), []);
  }));

Deno.test("fetchMessages() gives a complete message to both of two concurrent requests", () =>
  withBuckets([[]], async ({ dataRoot, fetchWith }) => {
    const both = await Promise.all([fetchWith(), fetchWith()]);
    for (const { path } of both) assert.deepEqual(await Deno.readFile(path), MESSAGE);
    assert.deepEqual(await filesUnder(dataRoot), CACHED);
  }));

const REFC: WantedMessage = { product: "sfc", selector: instant("REFC", "entire atmosphere") };
const TMP: WantedMessage = { product: "sfc", selector: TMP2M };
const DPT: WantedMessage = { product: "sfc", selector: DPT2M };

/** Asks for several messages, and returns for each the provider that gave it, or the reasons why no source did. */
async function outcomes(request: FetchRequest): Promise<Record<string, string | string[]>> {
  const fetched = await fetchMessages(request);
  return Object.fromEntries(
    [...fetched].map(([name, outcome]) => [
      name,
      outcome instanceof AllSourcesFailedError
        ? outcome.failures.map(({ source, error }) => `${source} ${error.failure}`)
        : outcome.provider,
    ]),
  );
}

interface SeveralSetting {
  readonly buckets: readonly FaultyBucket[];
  readonly folder: string;
  /** A request to HRRR at forecast hour 1, which a test may change. */
  readonly request: FetchRequest;
}

/** Runs a test with buckets over a folder that the test fills itself. */
async function withFolder(faults: readonly (readonly Fault[])[], test: (setting: SeveralSetting) => Promise<void>) {
  await using folder = await tempDir();
  await using root = await tempDir();
  await using stack = new AsyncDisposableStack();
  const buckets = faults.map((faults) => stack.use(faultyBucket(folder.path, faults)));
  await test({
    buckets,
    folder: folder.path,
    request: {
      model: hrrr,
      run: RUN,
      fh: FH,
      wanted: [],
      sources: buckets.map(({ baseUrl }, i) => ({ id: ["first", "second", "third"][i]!, baseUrl })),
      dataRoot: root.path,
      signal: new AbortController().signal,
      retryPolicy: POLICY,
    },
  });
}

/** Runs a test with REFC, TMP and DPT one after the other: bytes 0–99, 100–599 and 600–899. */
async function withThree(
  faults: readonly (readonly Fault[])[],
  test: (setting: SeveralSetting) => Promise<void>,
): Promise<void> {
  await withFolder(faults, async ({ buckets, folder, request }) => {
    await writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
      { bytes: fakeMessage(100, 1), what: "REFC:entire atmosphere:1 hour fcst:" },
      { bytes: MESSAGE, what: "TMP:2 m above ground:1 hour fcst:" },
      { bytes: LAST_MESSAGE, what: "DPT:2 m above ground:1 hour fcst:" },
    ]);
    await test({ buckets, folder, request: { ...request, wanted: [DPT, REFC, TMP] } });
  });
}

const asked = (bucket: FaultyBucket | undefined) =>
  bucket!.requests.map(({ path, range }) => `${path.split("/").at(-1)} ${range}`);

Deno.test("fetchMessages() reads an hour's messages with one index and one range", () =>
  withThree([[]], async ({ buckets: [bucket], request }) => {
    const fetched = await fetchMessages(request);
    assert.deepEqual(asked(bucket), [
      "hrrr.t17z.wrfsfcf01.grib2.idx null",
      "hrrr.t17z.wrfsfcf01.grib2 bytes=600-615", // section 0 of the last message gives its length
      "hrrr.t17z.wrfsfcf01.grib2 bytes=0-899",
    ]);
    assert.deepEqual([...fetched.keys()].sort(), [DPT, REFC, TMP].map(wantedName).sort());
    const read = (wanted: WantedMessage) => Deno.readFile((fetched.get(wantedName(wanted)) as CachedMessage).path);
    assert.deepEqual(await read(REFC), fakeMessage(100, 1));
    assert.deepEqual(await read(TMP), MESSAGE);
    assert.deepEqual(await read(DPT), LAST_MESSAGE);
    assert.equal((fetched.get(wantedName(REFC)) as CachedMessage).message, "REFC:entire atmosphere:1 hour fcst");
  }));

Deno.test("fetchMessages() reads messages that lie far apart with one range each", () =>
  withFolder([[]], async ({ buckets: [bucket], folder, request }) => {
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
  }));

Deno.test("fetchMessages() reads messages of two products from their own files", () =>
  withThree([[]], async ({ buckets: [bucket], folder, request }) => {
    await writeObject(`${folder}/${OBJECT_PATH.replace("sfc", "prs")}`, "2026012917", [
      { bytes: fakeMessage(70), what: "TMP:2 m above ground:1 hour fcst:" },
      { bytes: fakeMessage(80), what: "HGT:500 mb:1 hour fcst:" },
    ]);
    const onPressure: WantedMessage = { product: "prs", selector: TMP2M };
    const fetched = await fetchMessages({ ...request, wanted: [TMP, onPressure] });
    assert.equal((fetched.get(wantedName(TMP)) as CachedMessage).bytes, 500);
    assert.equal((fetched.get(wantedName(onPressure)) as CachedMessage).bytes, 70);
    assert.equal(bucket!.requests.length, 4);
  }));

Deno.test("fetchMessages() asks the second source only for messages that the first one lacks", () => {
  const withoutLastLine = (index: Bytes) => index.slice(0, index.lastIndexOf(10, index.length - 2) + 1);
  return withThree([[{ path: /idx$/, effect: changed(withoutLastLine) }], []], async ({ buckets, request }) => {
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
});

Deno.test("fetchMessages() fails only the corrupt message of a range, and takes it from the second source", () => {
  const middleWithoutEnd = (body: Bytes) =>
    body.length < 900 ? body : concatenate(body.subarray(0, 100), withoutEnd(body.slice(100, 600)), body.subarray(600));
  return withThree([[{ path: /grib2$/, effect: changed(middleWithoutEnd) }], []], async ({ buckets, request }) => {
    assert.deepEqual(await outcomes(request), {
      [wantedName(DPT)]: "first",
      [wantedName(REFC)]: "first",
      [wantedName(TMP)]: "second",
    });
    assert.equal(buckets[0]!.requests.length, 3);
    assert.deepEqual(asked(buckets[1]), [
      "hrrr.t17z.wrfsfcf01.grib2.idx null",
      "hrrr.t17z.wrfsfcf01.grib2 bytes=100-599",
    ]);
  });
});

Deno.test("fetchMessages() gives each of two corrupt messages of a range its own reason, once", () => {
  const twoWithoutEnd = (body: Bytes) =>
    body.length < 900
      ? body
      : concatenate(body.subarray(0, 100), withoutEnd(body.slice(100, 600)), withoutEnd(body.slice(600)));
  return withThree([[{ path: /grib2$/, effect: changed(twoWithoutEnd) }]], async ({ request }) => {
    assert.deepEqual(await outcomes(request), {
      [wantedName(DPT)]: ["first bad-answer"],
      [wantedName(REFC)]: "first",
      [wantedName(TMP)]: ["first bad-answer"],
    });
  });
});

Deno.test("fetchMessages() gives a reason for each message that no source has, and returns the others", () => {
  const unknown: WantedMessage = { product: "sfc", selector: instant("SNOD", "surface") };
  return withThree([[], [{ path: /./, effect: status(404) }]], async ({ buckets, request }) => {
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
});

Deno.test("fetchMessages() fetches a message once when it is wanted twice", () =>
  withThree([[]], async ({ buckets: [bucket], request }) => {
    assert.deepEqual(await outcomes({ ...request, wanted: [TMP, REFC, { ...TMP }, TMP] }), {
      [wantedName(TMP)]: "first",
      [wantedName(REFC)]: "first",
    });
    assert.deepEqual(asked(bucket).slice(1), ["hrrr.t17z.wrfsfcf01.grib2 bytes=0-599"]);
  }));

Deno.test("fetchMessages() sends no request when no message is wanted", () =>
  withThree([[]], async ({ buckets: [bucket], request }) => {
    assert.deepEqual(await outcomes({ ...request, wanted: [] }), {});
    assert.equal(bucket!.requests.length, 0);
  }));

Deno.test("fetchMessages() requests only the messages that the cache lacks", () =>
  withThree([[]], async ({ buckets: [bucket], request }) => {
    await fetchMessages({ ...request, wanted: [TMP] });
    assert.deepEqual(Object.values(await outcomes(request)), Array(3).fill("first"));
    assert.deepEqual(asked(bucket).slice(2), [
      "hrrr.t17z.wrfsfcf01.grib2.idx null",
      "hrrr.t17z.wrfsfcf01.grib2 bytes=600-615",
      "hrrr.t17z.wrfsfcf01.grib2 bytes=0-899",
    ], "the cached message lies between: one range is cheaper than two");
  }));

const RAIN = { element: "APCP", level: "surface", statistic: "accumulation" } as const;
const RUN_TOTAL: WantedMessage = { product: "sfc", selector: { ...RAIN, hours: "run" } };
const HOUR_EARLIER: WantedMessage = { product: "sfc", selector: { ...RAIN, hours: "run", hoursEarlier: 1 } };

Deno.test("fetchMessages() reads the earlier total of a difference from the earlier hour's file", () =>
  withFolder([[]], async ({ buckets: [bucket], folder, request }) => {
    for (const fh of [1, 2]) {
      await writeObject(`${folder}/${OBJECT_PATH.replace("f01", `f0${fh}`)}`, "2026012917", [
        { bytes: fakeMessage(100, fh), what: `APCP:surface:0-${fh} hour acc fcst:` },
        { bytes: fakeMessage(50), what: `VIS:surface:${fh} hour fcst:` },
      ]);
    }
    const difference = { ...request, fh: 2 as ForecastHour, wanted: [RUN_TOTAL, HOUR_EARLIER] };
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
  }));

Deno.test("fetchMessages() reports which of a difference's two totals is missing", () =>
  withFolder([[]], async ({ folder, request }) => {
    await writeObject(`${folder}/${OBJECT_PATH.replace("f01", "f02")}`, "2026012917", [
      { bytes: fakeMessage(100), what: "APCP:surface:0-2 hour acc fcst:" },
    ]);
    const wanted = [RUN_TOTAL, HOUR_EARLIER];
    assert.deepEqual(await outcomes({ ...request, fh: 2 as ForecastHour, wanted }), {
      [wantedName(RUN_TOTAL)]: "first",
      [wantedName(HOUR_EARLIER)]: ["first missing"],
    });
  }));

Deno.test("fetchMessages() reads a message once when it is both the run's total and the hour's", () =>
  withFolder([[]], async ({ buckets: [bucket], folder, request }) => {
    await writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
      { bytes: fakeMessage(100, 1), what: "APCP:surface:0-1 hour acc fcst:" },
      { bytes: fakeMessage(100, 2), what: "APCP:surface:0-1 hour acc fcst:" },
      { bytes: fakeMessage(50), what: "VIS:surface:1 hour fcst:" },
    ]);
    const lastHour: WantedMessage = { product: "sfc", selector: { ...RAIN, hours: 1 } };
    const fetched = await fetchMessages({ ...request, wanted: [RUN_TOTAL, lastHour] });
    assert.deepEqual(asked(bucket).slice(1), ["hrrr.t17z.wrfsfcf01.grib2 bytes=0-99"]);
    const paths = [...fetched.values()].map((outcome) => (outcome as CachedMessage).path);
    assert.equal(paths.length, 2);
    assert.equal(paths[0], paths[1]);
  }));

Deno.test("fetchMessages() reads two fields of one message with one range", () =>
  withFolder([[]], async ({ buckets: [bucket], folder, request }) => {
    const path = `${folder}/${OBJECT_PATH}`;
    await writeObject(path, "2026012917", [{ bytes: MESSAGE, what: "" }, { bytes: LAST_MESSAGE, what: "" }]);
    await Deno.writeTextFile(
      `${path}.idx`,
      "1.1:0:d=2026012917:UGRD:10 m above ground:1 hour fcst:\n" +
        "1.2:0:d=2026012917:VGRD:10 m above ground:1 hour fcst:\n" +
        "2:500:d=2026012917:VIS:surface:1 hour fcst:\n",
    );
    const wanted = (["UGRD", "VGRD"] as const).map((name) => ({
      product: "sfc",
      selector: instant(name, "10 m above ground"),
    }));
    const fetched = await fetchMessages({ ...request, wanted });
    assert.deepEqual(asked(bucket).slice(1), ["hrrr.t17z.wrfsfcf01.grib2 bytes=0-499"]);
    for (const outcome of fetched.values()) {
      assert.deepEqual(await Deno.readFile((outcome as CachedMessage).path), MESSAGE);
    }
  }));

const ECMWF_RUN = "20260513_06z" as RunId;
const ECMWF_FILE = "20260513/06z/ifs/0p25/oper/20260513060000-3h-oper-fc";

/** Writes a file and its index in ECMWF's layout, with the messages one after the other. */
async function writeEcmwfObject(
  folder: string,
  messages: readonly { bytes: Bytes; what: Record<string, string> }[],
): Promise<void> {
  const file = `${folder}/${ECMWF_FILE}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(`${file}.grib2`, concatenate(...messages.map(({ bytes }) => bytes)));
  let offset = 0;
  const lines = messages.map(({ bytes, what }) => {
    const common = { date: "20260513", time: "0600", type: "fc", stream: "oper", levtype: "sfc", step: "3" };
    const line = JSON.stringify({ ...common, ...what, _offset: offset, _length: bytes.length });
    offset += bytes.length;
    return line + "\n";
  });
  await Deno.writeTextFile(`${file}.index`, lines.join(""));
}

Deno.test("fetchMessages() reads ECMWF's files with their own index, to the last message", () =>
  withFolder([[]], async ({ buckets: [bucket], folder, request }) => {
    await writeEcmwfObject(folder, [
      { bytes: fakeMessage(90), what: { param: "2t", type: "pf", number: "1" } },
      { bytes: fakeMessage(100, 1), what: { param: "2t" } },
      { bytes: fakeMessage(110, 2), what: { param: "gh", levtype: "pl", levelist: "500" } },
      { bytes: fakeMessage(120, 3), what: { param: "tp" } },
      { bytes: fakeMessage(130, 4), what: { param: "10fg" } },
    ]);
    const wanted: readonly [MessageSelector, number, string][] = [
      [TMP2M, 1, "TMP:2 m above ground:3 hour fcst"],
      [instant("HGT", "500 mb"), 2, "HGT:500 mb:3 hour fcst"],
      [{ ...RAIN, hours: "run" }, 3, "APCP:surface:0-3 hour acc fcst"],
      [
        { element: "GUST", level: "10 m above ground", statistic: "maximum" },
        4,
        "GUST:10 m above ground:3 hour max fcst",
      ],
    ];
    const fetched = await fetchMessages({
      ...request,
      model: ecmwf,
      run: ECMWF_RUN,
      fh: 3 as ForecastHour,
      wanted: wanted.map(([selector]) => ({ product: "oper", selector })),
    });
    for (const [selector, fill, words] of wanted) {
      const message = fetched.get(wantedName({ product: "oper", selector })) as CachedMessage;
      assert.equal(message.message, words);
      assert.equal(message.url, `${bucket!.baseUrl}${ECMWF_FILE}.grib2`);
      assert.deepEqual(await Deno.readFile(message.path), fakeMessage(90 + 10 * fill, fill));
    }
    assert.deepEqual(bucket!.requests.map(({ path, range }) => [path, range]), [
      [`${ECMWF_FILE}.index`, null],
      [`${ECMWF_FILE}.grib2`, "bytes=90-549"],
    ]);
  }));

Deno.test("fetchMessages() takes a truncated ECMWF index for one that is still being written", () =>
  withFolder([[{ path: /index$/, effect: changed(cutMidLine) }]], async ({ folder, request }) => {
    await writeEcmwfObject(folder, [{ bytes: MESSAGE, what: { param: "2t" } }]);
    const [outcome] = (await fetchMessages({
      ...request,
      model: ecmwf,
      run: ECMWF_RUN,
      fh: 3 as ForecastHour,
      wanted: [{ product: "oper", selector: TMP2M }],
    })).values();
    assert.ok(outcome instanceof AllSourcesFailedError);
    assert.equal(outcome.isNotReady, true);
    assert.match(outcome.message, /3h-oper-fc\.index is still being written: line 1 cannot be read: "\{"date"/);
  }));

Deno.test("fetchMessages() uses a message's own length, and refuses a message that is longer than its range", () =>
  withFolder([[]], async ({ folder, request }) => {
    await writeEcmwfObject(folder, [{ bytes: MESSAGE, what: { param: "2t" } }, {
      bytes: MESSAGE,
      what: { param: "2d" },
    }]);
    const index = `${folder}/${ECMWF_FILE}.index`;
    const text = await Deno.readTextFile(index);
    const wanted = [TMP2M, instant("DPT", "2 m above ground")].map((selector) => ({ product: "oper", selector }));
    const hour = { model: ecmwf, run: ECMWF_RUN, fh: 3 as ForecastHour };
    // The range of the first message includes one byte of the second one, which is ignored as padding.
    await Deno.writeTextFile(index, text.replace('"_length":500', '"_length":501'));
    await using longer = await tempDir();
    assert.deepEqual(await outcomes({ ...request, ...hour, wanted, dataRoot: longer.path }), {
      [wantedName(wanted[0]!)]: "first",
      [wantedName(wanted[1]!)]: "first",
    });
    await Deno.writeTextFile(index, text.replace('"_length":500', '"_length":499'));
    await using shorter = await tempDir();
    assert.deepEqual(await outcomes({ ...request, ...hour, wanted, dataRoot: shorter.path }), {
      [wantedName(wanted[0]!)]: ["first bad-answer"],
      [wantedName(wanted[1]!)]: "first",
    });
  }));

Deno.test("fetchMessages() reports an index with unreadable lines to an operator once it is no longer being written", () =>
  withBuckets([[]], async ({ folder, fetchWith }) => {
    const index = `${folder}/${OBJECT_PATH}.idx`;
    const text = await Deno.readTextFile(index);
    await Deno.writeTextFile(index, text.replace(":TMP:2 m", ":TMP 2 m"));
    const young = await failureOf(fetchWith());
    assert.deepEqual([young.isNotReady, young.strangeness], [true, null], "it may still be written");
    const tenMinutesAgo = new Date(Date.now() - 600_000);
    await Deno.utime(index, tenMinutesAgo, tenMinutesAgo);
    const old = await failureOf(fetchWith());
    assert.match(old.strangeness!, /unreadable lines: 1, the first is line 2: "2:100:d=2026012917:TMP 2 m above/);
    assert.equal(old.isNotReady, true);
    await Deno.writeTextFile(index, "<html>\u001b[31mbusy</html>\n");
    await Deno.utime(index, tenMinutesAgo, tenMinutesAgo);
    const unreadable = await failureOf(fetchWith());
    assert.match(
      unreadable.strangeness!,
      /\.idx cannot be read: line 1 cannot be read: "<html>\ufffd\[31mbusy<\/html>"$/,
    );
    assert.deepEqual([unreadable.isNotReady, unreadable.isOutage], [false, true]);
  }));

const RACE: Patience = { raceAfterMs: 150, deadlineMs: 3000, longestMs: 10_000 };

for (
  const [how, effect] of [
    ["hangs before its head", slow(60_000)],
    ["hangs in its body", drip(null)],
    ["drips a byte now and then", drip(20)],
  ] as const
) {
  Deno.test(`fetchMessages() asks the next source in parallel when one ${how}`, () =>
    withBuckets([[{ path: /./, effect }], []], async ({ fetchWith }) => {
      const begun = performance.now();
      const fetched = await fetchWith({ patience: RACE });
      assert.equal(fetched.provider, "second");
      assert.ok(performance.now() - begun < 2000, `${performance.now() - begun} ms`);
    }));
}

Deno.test('fetchMessages() believes a source that answers "not there", and does not wait long for a silent one', () =>
  withBuckets([[{ path: /./, effect: slow(60_000) }], [{ path: /./, effect: status(404) }]], async ({ fetchWith }) => {
    const error = await failureOf(fetchWith({ patience: RACE }));
    assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [
      ["second", "missing"],
      ["first", "unavailable"],
    ]);
    assert.deepEqual([error.isNotReady, error.isOutage, error.isDamaged], [true, false, false]);
  }));

Deno.test("fetchMessages() sets a source aside after two failures, and does not ask it again meanwhile", () =>
  withBuckets(
    [[{ path: /./, effect: status(409) }], []],
    async ({ buckets: [first], sources, dataRoot, fetchWith }) => {
      for (let i = 0; i < 4; i++) {
        await clearCache(dataRoot, hrrr.id, RUN);
        assert.equal((await fetchWith()).provider, "second");
      }
      assert.equal(first!.requests.length, 2, "the third and fourth time it is not asked");
      assert.deepEqual(askingOrder(sources).last.map(({ id }) => id), ["first"]);
      const [health] = sourcesHealth().filter(({ baseUrl }) => baseUrl === first!.baseUrl);
      assert.equal(health!.state, "open");
      assert.match(health!.lastFailure!, /answered 409/);
    },
  ));

Deno.test("fetchMessages() asks a source that is set aside when no other source is left", () =>
  withBuckets([[{ path: /./, effect: status(409), times: 2 }]], async ({ sources, fetchWith }) => {
    for (let i = 0; i < 2; i++) assert.equal((await failureOf(fetchWith())).isOutage, true);
    assert.deepEqual(askingOrder(sources).last.map(({ id }) => id), ["first"]);
    assert.equal((await fetchWith()).provider, "first");
    assert.deepEqual(askingOrder(sources).first.map(({ id }) => id), ["first"]);
  }));
