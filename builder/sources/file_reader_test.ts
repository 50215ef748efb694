import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { leadOfHours } from "../../contract/lead.ts";
import { concatenate } from "../concatenate.ts";
import {
  type Bytes,
  changed,
  claimingLength,
  cutMidLine,
  type Effect,
  fakeMessage,
  type Fault,
  halfBody,
  namingBytesBeyond,
  rangeIgnored,
  redirect,
  status,
  withoutEnd,
  writeObject,
} from "../../tests/support/faulty_bucket.ts";
import { filesUnder, tempDir } from "../../tests/support/temp_dir.ts";
import { ecmwf } from "../models/ecmwf.ts";
import { instant, type MessageSelector } from "../grib/message_selector.ts";
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
  POLICY,
  RAIN,
  REFC,
  threeMessages,
  TMP,
  TMP2M,
} from "../../tests/support/fetch_setting.ts";
import { runId } from "../../tests/support/identity.ts";

const TRIES = POLICY.retries + 1;

Deno.test("fetchMessages() reads the end of an index's last message from the message itself", async () => {
  await using setting = await bucketSetting([[]]);
  const { buckets: [bucket], fetchWith } = setting;
  const fetched = await fetchWith({ selector: DPT2M });
  assert.deepEqual(await Deno.readFile(fetched.path), LAST_MESSAGE);
  assert.deepEqual(bucket!.requests.map(({ range }) => range), [null, "bytes=600-615", "bytes=600-899"]);
});

Deno.test("fetchMessages() returns only the message when the index is cut short after its line", async () => {
  const twoLines = (index: Bytes) => index.slice(0, index.lastIndexOf(10, index.length - 2) + 1);
  await using setting = await bucketSetting([[{ path: /idx$/, effect: changed(twoLines) }]]);
  const { fetchWith } = setting;
  assert.deepEqual(await Deno.readFile((await fetchWith()).path), MESSAGE);
  assert.match(
    (await failureOf(fetchWith({ selector: DPT2M }))).message,
    /\(missing\): .* lists no DPT:2 m above ground/,
  );
});

Deno.test("fetchMessages() reads a long message in parts when the host has strong ETags, and otherwise as one range", async () => {
  const long = fakeMessage(9 * 1024 * 1024, 5);
  const weak = async ({ object }: Parameters<Effect>[0]) => {
    const { body, headers } = await object();
    return new Response(body, { headers: { ...Object.fromEntries(headers), etag: 'W/"1"' } });
  };
  const half = long.length / 2;
  const cases: [Fault[], string[]][] = [
    [[], [`bytes=0-${half - 1}`, `bytes=${half}-${long.length - 1}`]],
    [[{ path: /idx$/, effect: weak }], [`bytes=0-${long.length - 1}`]],
  ];
  for (const [faults, ranges] of cases) {
    await using setting = await bucketSetting([faults]);
    const { folder, buckets: [bucket], fetchWith } = setting;
    await writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
      { bytes: long, what: "TMP:2 m above ground:1 hour fcst:" },
      { bytes: LAST_MESSAGE, what: "DPT:2 m above ground:1 hour fcst:" },
    ]);
    const { path } = await fetchWith();
    assert.deepEqual(bucket!.requests.slice(1).map(({ range }) => range).sort(), ranges);
    const bytes = await Deno.readFile(path);
    assert.ok(bytes.length === long.length && bytes.every((byte, i) => byte === long[i]));
  }
});

Deno.test("fetchMessages() fails with `missing` when the object does not yet reach the end of its last message", async () => {
  await using setting = await bucketSetting([[]]);
  const { folder, dataRoot, fetchWith } = setting;
  for (const [size, reason] of [[880, /has only 880 bytes so far/], [610, /has only 610/], [600, /416/]] as const) {
    await Deno.truncate(`${folder}/${OBJECT_PATH}`, size);
    const error = await failureOf(fetchWith({ selector: DPT2M }));
    assert.match(error.message, reason);
    assert.equal(error.isNotReady, true);
  }
  assert.deepEqual(await filesUnder(dataRoot), []);
});

Deno.test("fetchMessages() fails with `bad-answer` when the last message has no valid beginning or length", async () => {
  const endless = (body: Bytes) => claimingLength(2 ** 40)(body);
  for (
    const [change, reason] of [[() => new Uint8Array(16), /Not a GRIB2 message/], [
      endless,
      /has a length of 1[0-9]+ bytes in section 0, expected 20 to/,
    ]] as const
  ) {
    await using setting = await bucketSetting([[{ path: /grib2$/, effect: changed(change) }]]);
    const { buckets: [bucket], fetchWith } = setting;
    const error = await failureOf(fetchWith({ selector: DPT2M }));
    assert.equal(error.failures[0]!.error.failure, "bad-answer");
    assert.match(error.message, reason);
    assert.equal(bucket!.requests.length, 2);
  }
});

Deno.test("fetchMessages() reads a folder laid out like the bucket", async () => {
  await using setting = await bucketSetting([]);
  const { folder, fetchWith } = setting;
  const baseUrl = pathToFileURL(folder).href + "/";
  const fetched = await fetchWith({ sources: [{ id: "file", baseUrl }] });
  assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
  assert.equal(fetched.url, baseUrl + OBJECT_PATH);
});

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
  Deno.test(`fetchMessages() fails with \`${failure}\` and leaves nothing in the cache when ${when}`, async () => {
    await using setting = await bucketSetting([[fault]]);
    const { buckets: [bucket], dataRoot, fetchWith } = setting;
    const error = await failureOf(fetchWith());
    assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [["first", failure]]);
    assert.match(error.message, reason);
    assert.equal(error.isNotReady, failure === "missing");
    assert.equal(bucket!.requests.length, requests);
    assert.deepEqual(await filesUnder(dataRoot), []);
  });

  Deno.test(`fetchMessages() uses the second source when ${when} at the first one`, async () => {
    await using setting = await bucketSetting([[fault], []]);
    const { buckets: [, second], dataRoot, fetchWith } = setting;
    const fetched = await fetchWith();
    assert.equal(fetched.provider, "second");
    assert.equal(fetched.url, second!.baseUrl + OBJECT_PATH);
    assert.deepEqual(await Deno.readFile(fetched.path), MESSAGE);
    const written = JSON.parse(await Deno.readTextFile(`${dataRoot}/${CACHED[1]}`));
    assert.deepEqual([written.provider, written.url], ["second", fetched.url]);
    assert.deepEqual(await filesUnder(dataRoot), CACHED);
  });
}

Deno.test("fetchMessages() reports that data is not ready, and fetches it once it is", async () => {
  await using setting = await bucketSetting([[{ path: /idx$/, effect: status(404), times: 2 }]]);
  const { fetchWith } = setting;
  for (const _ of [1, 2]) assert.equal((await failureOf(fetchWith())).isNotReady, true);
  assert.equal((await fetchWith()).bytes, 500);
});

Deno.test("fetchMessages() refuses an index of another cycle", async () => {
  const yesterday = (index: Bytes) =>
    new TextEncoder().encode(new TextDecoder().decode(index).replaceAll("d=2026012917", "d=2026012817"));
  await using setting = await bucketSetting([[{ path: /idx$/, effect: changed(yesterday) }]]);
  const { fetchWith } = setting;
  const error = await failureOf(fetchWith());
  assert.match(error.message, /\(bad-answer\): .*\.idx has no message of run 20260129_17z/);
});

Deno.test("fetchMessages() reads an hour's messages with one index and one range", async () => {
  await using setting = await threeMessages([[]]);
  const { buckets: [bucket], request } = setting;
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
});

Deno.test("fetchMessages() fails only the corrupt message of a range, and takes it from the second source", async () => {
  const middleWithoutEnd = (body: Bytes) =>
    body.length < 900
      ? body
      : concatenate([body.subarray(0, 100), withoutEnd(body.slice(100, 600)), body.subarray(600)]);
  await using setting = await threeMessages([[{ path: /grib2$/, effect: changed(middleWithoutEnd) }], []]);
  const { buckets, request } = setting;
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

Deno.test("fetchMessages() gives each of two corrupt messages of a range its own reason, once", async () => {
  const twoWithoutEnd = (body: Bytes) =>
    body.length < 900
      ? body
      : concatenate([body.subarray(0, 100), withoutEnd(body.slice(100, 600)), withoutEnd(body.slice(600))]);
  await using setting = await threeMessages([[{ path: /grib2$/, effect: changed(twoWithoutEnd) }]]);
  const { request } = setting;
  assert.deepEqual(await outcomes(request), {
    [wantedName(DPT)]: ["first bad-answer"],
    [wantedName(REFC)]: "first",
    [wantedName(TMP)]: ["first bad-answer"],
  });
});

Deno.test("fetchMessages() reads two fields of one message with one range", async () => {
  await using setting = await folderSetting([[]]);
  const { buckets: [bucket], folder, request } = setting;
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
});

const ECMWF_RUN = runId("20260513_06z");
const ECMWF_FILE = "20260513/06z/ifs/0p25/oper/20260513060000-3h-oper-fc";

/** Writes a file and its index in ECMWF's layout, with the messages one after the other. */
async function writeEcmwfObject(
  folder: string,
  messages: readonly { bytes: Bytes; what: Record<string, string> }[],
): Promise<void> {
  const file = `${folder}/${ECMWF_FILE}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(`${file}.grib2`, concatenate(messages.map(({ bytes }) => bytes)));
  let offset = 0;
  const lines = messages.map(({ bytes, what }) => {
    const common = { date: "20260513", time: "0600", type: "fc", stream: "oper", levtype: "sfc", step: "3" };
    const line = JSON.stringify({ ...common, ...what, _offset: offset, _length: bytes.length });
    offset += bytes.length;
    return line + "\n";
  });
  await Deno.writeTextFile(`${file}.index`, lines.join(""));
}

Deno.test("fetchMessages() reads ECMWF's files with their own index, to the last message", async () => {
  await using setting = await folderSetting([[]]);
  const { buckets: [bucket], folder, request } = setting;
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
    [{ ...RAIN, windowMinutes: "run" }, 3, "APCP:surface:0-3 hour acc fcst"],
    [
      { element: "GUST", level: "10 m above ground", statistic: "maximum", windowMinutes: "any" },
      4,
      "GUST:10 m above ground:3 hour max fcst",
    ],
  ];
  const fetched = await fetchMessages({
    ...request,
    model: ecmwf,
    run: ECMWF_RUN,
    lead: leadOfHours(3),
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
});

Deno.test("fetchMessages() takes a truncated ECMWF index for one that is still being written", async () => {
  await using setting = await folderSetting([[{ path: /index$/, effect: changed(cutMidLine) }]]);
  const { folder, request } = setting;
  await writeEcmwfObject(folder, [{ bytes: MESSAGE, what: { param: "2t" } }]);
  const [outcome] = (await fetchMessages({
    ...request,
    model: ecmwf,
    run: ECMWF_RUN,
    lead: leadOfHours(3),
    wanted: [{ product: "oper", selector: TMP2M }],
  })).values();
  assert.ok(outcome instanceof AllSourcesFailedError);
  assert.equal(outcome.isNotReady, true);
  assert.match(outcome.message, /3h-oper-fc\.index is still being written: line 1 cannot be read: "\{"date"/);
});

Deno.test("fetchMessages() uses a message's own length, and refuses a message that is longer than its range", async () => {
  await using setting = await folderSetting([[]]);
  const { folder, request } = setting;
  await writeEcmwfObject(folder, [{ bytes: MESSAGE, what: { param: "2t" } }, {
    bytes: MESSAGE,
    what: { param: "2d" },
  }]);
  const index = `${folder}/${ECMWF_FILE}.index`;
  const text = await Deno.readTextFile(index);
  const wanted = [TMP2M, instant("DPT", "2 m above ground")].map((selector) => ({ product: "oper", selector }));
  const hour = { model: ecmwf, run: ECMWF_RUN, lead: leadOfHours(3) };
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
});

Deno.test("fetchMessages() reports an index with unreadable lines to an operator once it is no longer being written", async () => {
  await using setting = await bucketSetting([[]]);
  const { folder, fetchWith } = setting;
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
});
