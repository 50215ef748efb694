import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { ForecastHour, RunId } from "../../contract/identity.ts";
import {
  type Bytes,
  changed,
  claimingLength,
  cutMidLine,
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
import { hrrr } from "../models/hrrr.ts";
import type { MessageSelector } from "../models/message_selector.ts";
import type { Model, Source } from "../models/model.ts";
import { fetchMessages, type FetchRequest, wantedName } from "./fetch_messages.ts";
import type { RetryPolicy } from "./http_store.ts";
import type { CachedMessage } from "./message_cache.ts";
import { AllSourcesFailedError } from "./source_error.ts";

const POLICY: RetryPolicy = { retries: 2, firstDelayMs: 2, maxDelayMs: 10, timeoutMs: 2000 };
const TRIES = POLICY.retries + 1;
const RUN = "20260129_17z" as RunId;
const FH = 1 as ForecastHour;
const OBJECT_PATH = "hrrr.20260129/conus/hrrr.t17z.wrfsfcf01.grib2";
const TMP2M: MessageSelector = { element: "TMP", level: "2 m above ground", statistic: "instant" };
const POT2M: MessageSelector = { ...TMP2M, element: "POT" };
const MESSAGE = fakeMessage(500, 3);
const LAST_MESSAGE = fakeMessage(300, 2);
const CACHED = [
  `cache/hrrr/20260129_17z/messages/${createHash("sha256").update(MESSAGE).digest("hex")}.grib2`,
  "cache/hrrr/20260129_17z/sfc/1/TMP-2-m-above-ground-instant.json",
];

interface Setting {
  /** One for each list of faults. */
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

/** Buckets with one object of three messages, named `first`, `second` and so on, and an empty data root. */
async function withBuckets(faults: readonly (readonly Fault[])[], test: (setting: Setting) => Promise<void>) {
  await using folder = await tempDir();
  await using root = await tempDir();
  await writeObject(`${folder.path}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100, 1), what: "REFC:entire atmosphere:1 hour fcst:" },
    { bytes: MESSAGE, what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: LAST_MESSAGE, what: "POT:2 m above ground:1 hour fcst:" },
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

Deno.test("fetchMessages() puts the message in the cache and says where it is from", () =>
  withBuckets([[]], async ({ buckets: [bucket], dataRoot, fetchWith }) => {
    const fetched = await fetchWith();
    assert.deepEqual(fetched, {
      path: `${dataRoot}/${CACHED[0]}`,
      provider: "first",
      url: bucket!.baseUrl + OBJECT_PATH,
      message: "TMP:2 m above ground:1 hour fcst",
      bytes: 500,
    });
    assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
    assert.deepEqual(bucket!.requests.map(({ path, range }) => [path, range]), [
      [`${OBJECT_PATH}.idx`, null],
      [OBJECT_PATH, "bytes=100-599"],
    ]);
    assert.deepEqual(await filesUnder(dataRoot), CACHED);
  }));

Deno.test("fetchMessages() learns from the last message of an index itself where it ends", () =>
  withBuckets([[]], async ({ buckets: [bucket], fetchWith }) => {
    const fetched = await fetchWith({ selector: POT2M });
    assert.deepEqual(await Deno.readFile(fetched.path), LAST_MESSAGE);
    assert.deepEqual(bucket!.requests.map(({ range }) => range), [null, "bytes=600-615", "bytes=600-899"]);
  }));

Deno.test("fetchMessages() takes no more than the message when the index is cut short after its line", () => {
  const twoLines = (index: Bytes) => index.slice(0, index.lastIndexOf(10, index.length - 2) + 1);
  return withBuckets([[{ path: /idx$/, effect: changed(twoLines) }]], async ({ fetchWith }) => {
    assert.deepEqual(await Deno.readFile((await fetchWith()).path), MESSAGE);
    assert.match(
      (await failureOf(fetchWith({ selector: POT2M }))).message,
      /\(missing\): .* lists no POT:2 m above ground/,
    );
  });
});

Deno.test("fetchMessages() says `missing` when the object does not reach to the end of its last message yet", () =>
  withBuckets([[]], async ({ folder, dataRoot, fetchWith }) => {
    for (const [size, reason] of [[880, /has only 880 bytes so far/], [610, /has only 610/], [600, /416/]] as const) {
      await Deno.truncate(`${folder}/${OBJECT_PATH}`, size);
      const error = await failureOf(fetchWith({ selector: POT2M }));
      assert.match(error.message, reason);
      assert.equal(error.isNotReady, true);
    }
    assert.deepEqual(await filesUnder(dataRoot), []);
  }));

Deno.test("fetchMessages() says `bad-answer` when the last message does not begin as one, or claims to be endless", async () => {
  const endless = (body: Bytes) => claimingLength(2 ** 40)(body);
  for (
    const [change, reason] of [[() => new Uint8Array(16), /Not a GRIB2 message/], [endless, /would give/]] as const
  ) {
    await withBuckets([[{ path: /grib2$/, effect: changed(change) }]], async ({ buckets: [bucket], fetchWith }) => {
      const error = await failureOf(fetchWith({ selector: POT2M }));
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

Deno.test("fetchMessages() makes no request when the cache has the message", () =>
  withBuckets([[]], async ({ buckets: [bucket], fetchWith }) => {
    const first = await fetchWith();
    const requests = bucket!.requests.length;
    assert.deepEqual(await fetchWith(), first);
    assert.equal(bucket!.requests.length, requests);
  }));

Deno.test("fetchMessages() keeps messages of other hours, runs and elements apart", () =>
  withBuckets([[]], async ({ fetchWith }) => {
    const first = await fetchWith();
    await failureOf(fetchWith({ fh: 2 as ForecastHour }));
    await failureOf(fetchWith({ run: "20260129_18z" as RunId }));
    const other = await fetchWith({ selector: POT2M });
    assert.notEqual(other.path, first.path);
    assert.equal((await fetchWith()).bytes, 500);
  }));

/** Ways a cache entry can be damaged; each is the file to change and its new bytes. */
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

/** Every fault that a mirror can have: what it is called, and the requests it takes to give up. */
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
    when: "the index is cut short",
    path: /idx$/,
    effect: changed(cutMidLine),
    failure: "missing",
    reason: /\.idx is not complete: The index ends in the middle of a line/,
    requests: 1,
  },
  {
    when: "the index has garbage in it",
    path: /idx$/,
    effect: changed(() => new TextEncoder().encode("<html>busy</html>\n")),
    failure: "missing",
    reason: /\.idx is not complete: Cannot read line 1 of the index: "<html>busy<\/html>"/,
    requests: 1,
  },
  {
    when: "the index is empty",
    path: /idx$/,
    effect: changed(() => new Uint8Array()),
    failure: "missing",
    reason: /\.idx is not complete: The index is empty/,
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
    failure: "bad-answer",
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
    reason: /broke off after 250 of 500 bytes/,
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
    reason: /Truncated GRIB: message 1 .* should be 507 bytes long and lacks the last 7/,
    requests: 2,
  },
  {
    when: "the bytes are something else",
    path: /grib2$/,
    effect: changed((body) => body.fill(0)),
    failure: "bad-answer",
    reason: /Not a GRIB file/,
    requests: 2,
  },
];

for (const { when, failure, reason, requests, ...fault } of FAULTS) {
  Deno.test(`fetchMessages() says \`${failure}\` and leaves nothing in the cache when ${when}`, () =>
    withBuckets([[fault]], async ({ buckets: [bucket], dataRoot, fetchWith }) => {
      const error = await failureOf(fetchWith());
      assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [["first", failure]]);
      assert.match(error.message, reason);
      assert.equal(error.isNotReady, failure === "missing");
      assert.equal(bucket!.requests.length, requests);
      assert.deepEqual(await filesUnder(dataRoot), []);
    }));

  Deno.test(`fetchMessages() uses the second source when ${when} at the first`, () =>
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

Deno.test("fetchMessages() asks the second source only when the first has failed", () =>
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
    assert.equal(error.isNotReady, false);
    assert.deepEqual(await filesUnder(dataRoot), []);
  });
});

Deno.test("fetchMessages() says that data is not ready, and has it once it is", () =>
  withBuckets([[{ path: /idx$/, effect: status(404), times: 2 }]], async ({ fetchWith }) => {
    for (const _ of [1, 2]) assert.equal((await failureOf(fetchWith())).isNotReady, true);
    assert.equal((await fetchWith()).bytes, 500);
  }));

Deno.test("fetchMessages() refuses an index of another cycle", () => {
  const yesterday = (index: Bytes) =>
    new TextEncoder().encode(new TextDecoder().decode(index).replaceAll("d=2026012917", "d=2026012817"));
  return withBuckets([[{ path: /idx$/, effect: changed(yesterday) }]], async ({ fetchWith }) => {
    const error = await failureOf(fetchWith());
    assert.match(error.message, /\(bad-answer\): .*\.idx is of another cycle than 20260129_17z/);
  });
});

Deno.test("fetchMessages() goes where the layout of the date says", () => {
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

Deno.test("fetchMessages() stops with the reason it was given and tries no other source", () =>
  withBuckets([[{ path: /grib2$/, effect: slow(5000) }], []], async ({ buckets: [, second], dataRoot, fetchWith }) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const timer = setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(fetchWith({ signal: controller.signal }), (error: unknown) => error === reason);
    clearTimeout(timer);
    assert.equal(second!.requests.length, 0);
    assert.deepEqual(await filesUnder(dataRoot), []);
  }));

Deno.test("fetchMessages() gives both of two that ask at once a whole message", () =>
  withBuckets([[]], async ({ dataRoot, fetchWith }) => {
    const both = await Promise.all([fetchWith(), fetchWith()]);
    for (const { path } of both) assert.deepEqual(await Deno.readFile(path), MESSAGE);
    assert.deepEqual(await filesUnder(dataRoot), CACHED);
  }));
