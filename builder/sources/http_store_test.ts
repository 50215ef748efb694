import assert from "node:assert/strict";
import {
  changed,
  connectionLost,
  type Fault,
  type FaultyBucket,
  faultyBucket,
  halfBody,
  longBody,
  otherRange,
  rangeIgnored,
  redirect,
  slow,
  status,
} from "../../tests/support/faulty_bucket.ts";
import { serveBucket } from "../../demo/bucket.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { HttpStore, type RetryPolicy } from "./http_store.ts";
import { type SourceFailure } from "./source_error.ts";
import { SourceError } from "./source_error.ts";

const POLICY: RetryPolicy = { retries: 2, firstDelayMs: 2, maxDelayMs: 10, timeoutMs: 2000 };
const TRIES = POLICY.retries + 1;
const OBJECT = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const INDEX = "1:0:d=2026012917:TMP:surface:anl:\n";
const RANGE = { start: 100, end: 300 };

interface Setting extends AsyncDisposable {
  readonly bucket: FaultyBucket;
  readonly store: HttpStore;
  readonly readRange: (range?: { start: number; end: number | null }, maxBytes?: number) => Promise<Uint8Array>;
  readonly readText: (maxBytes?: number) => Promise<string>;
}

/** Starts a bucket with one object and its index, and a store that reads them. */
async function startBucket(
  faults: readonly Fault[],
  { policy = POLICY, signal = new AbortController().signal }: { policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<Setting> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir());
  await Deno.writeFile(`${folder.path}/x.grib2`, OBJECT);
  await Deno.writeTextFile(`${folder.path}/x.grib2.idx`, INDEX);
  const bucket = stack.use(faultyBucket(folder.path, faults));
  const store = new HttpStore(bucket.baseUrl, policy);
  const started = stack.move();
  return {
    bucket,
    store,
    readRange: async (range = RANGE, maxBytes = 10_000) =>
      (await store.readRange("x.grib2", range, { maxBytes, signal })).bytes,
    readText: async (maxBytes = 10_000) => (await store.readText("x.grib2.idx", { maxBytes, signal })).text,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function failsWith(failure: SourceFailure, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.equal(error.failure, failure, error.message);
    assert.match(error.message, message);
    return true;
  };
}

Deno.test("HttpStore.readRange() gives the bytes of a range with one request", async () => {
  await using setting = await startBucket([]);
  const { bucket, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(bucket.requests.map(({ path, range }) => [path, range]), [["x.grib2", "bytes=100-299"]]);
});

Deno.test("HttpStore.readRange() reads to the end of the object when the end is not known", async () => {
  await using setting = await startBucket([]);
  const { bucket, readRange } = setting;
  assert.deepEqual(await readRange({ start: 990, end: null }), OBJECT.slice(990));
  assert.equal(bucket.requests[0]!.range, "bytes=990-");
});

Deno.test("HttpStore.readText() gives a whole object and asks for no range", async () => {
  await using setting = await startBucket([]);
  const { bucket, readText } = setting;
  assert.equal(await readText(), INDEX);
  assert.deepEqual(bucket.requests.map(({ range }) => range), [null]);
});

/** Faults of every request for a range, with their names and the number of tries. */
const RANGE_FAULTS: readonly (Omit<Fault, "path"> & {
  readonly when: string;
  readonly failure: SourceFailure;
  readonly message: RegExp;
  readonly tries: number;
})[] = [
  { when: "404", effect: status(404), failure: "missing", message: /x\.grib2 answered 404$/, tries: 1 },
  {
    when: "416",
    effect: status(416),
    failure: "missing",
    message: /x\.grib2 answered 416: its index names bytes beyond the object$/,
    tries: 1,
  },
  { when: "403", effect: status(403), failure: "refused", message: /answered 403$/, tries: 1 },
  { when: "400", effect: status(400), failure: "refused", message: /answered 400$/, tries: 1 },
  { when: "204", effect: () => new Response(null, { status: 204 }), failure: "refused", message: /204$/, tries: 1 },
  {
    when: "200",
    effect: rangeIgnored(),
    failure: "refused",
    message: /x\.grib2 ignored the byte range and answered 200 with the whole object$/,
    tries: 1,
  },
  { when: "302", effect: redirect(), failure: "throttled", message: /answered 302: too many requests$/, tries: TRIES },
  { when: "429", effect: status(429), failure: "throttled", message: /429: too many requests$/, tries: TRIES },
  { when: "500", effect: status(500), failure: "unavailable", message: /answered 500$/, tries: TRIES },
  { when: "503", effect: status(503), failure: "unavailable", message: /answered 503$/, tries: TRIES },
  {
    when: "a lost connection",
    effect: connectionLost(),
    failure: "unavailable",
    message: /x\.grib2 could not be read: /,
    tries: TRIES,
  },
  {
    when: "a body that ends early",
    effect: halfBody(),
    failure: "unavailable",
    message: /x\.grib2 broke off after 175 of 200 bytes$/, // each try continues where the last one broke off
    tries: TRIES,
  },
  {
    when: "a body longer than promised",
    effect: longBody(1),
    failure: "refused",
    message: /x\.grib2 has 201 bytes; at most 200 are allowed$/,
    tries: 1,
  },
  {
    when: "another range",
    effect: otherRange("bytes 0-199/1000"),
    failure: "refused",
    message: /answered range "bytes 0-199\/1000" when asked for "bytes 100-299"$/,
    tries: 1,
  },
  {
    when: "a longer range",
    effect: otherRange("bytes 100-999/1000"),
    failure: "refused",
    message: /answered range "bytes 100-999\/1000"/,
    tries: 1,
  },
  {
    when: "a range that is none",
    effect: otherRange("bytes */1000"),
    failure: "refused",
    message: /answered range "bytes \*\/1000"/,
    tries: 1,
  },
  {
    when: "an object that is still growing",
    effect: otherRange("bytes 100-149/150"),
    failure: "missing",
    message: /x\.grib2 has only 150 bytes so far, and its index names bytes up to 300$/,
    tries: 1,
  },
];

for (const { when, effect, failure, message, tries } of RANGE_FAULTS) {
  Deno.test(`HttpStore.readRange() fails with \`${failure}\` after ${tries} ${tries === 1 ? "try" : "tries"} when the answer is ${when}`, async () => {
    await using setting = await startBucket([{ path: /grib2$/, effect }]);
    const { bucket, readRange } = setting;
    await assert.rejects(readRange(), failsWith(failure, message));
    assert.equal(bucket.requests.length, tries);
    assert.ok(bucket.requests.every(({ path }) => path === "x.grib2"), "no redirect is followed");
  });
}

Deno.test("HttpStore.readRange() fails with `missing` when the range ends beyond the object", async () => {
  await using setting = await startBucket([]);
  const { readRange } = setting;
  await assert.rejects(
    readRange({ start: 2000, end: 2100 }),
    failsWith("missing", /416: its index names bytes beyond/),
  );
  await assert.rejects(readRange({ start: 950, end: 1100 }), failsWith("missing", /has only 1000 bytes so far/));
});

Deno.test("HttpStore.readText() reads an object again only if it changed, and gives its modification time", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/x.idx`;
  const isConditional: boolean[] = [];
  await using bucket = serveBucket(folder.path, (request) => {
    isConditional.push(request.headers.has("if-none-match"));
    return null;
  });
  const read = () =>
    new HttpStore(bucket.baseUrl, POLICY).readText("x.idx", { maxBytes: 100, signal: new AbortController().signal });
  await Deno.writeTextFile(path, "first");
  await Deno.utime(path, 1_770_000_000, 1_770_000_000);
  assert.equal((await read()).text, "first");
  const again = await read();
  assert.deepEqual([again.text, Date.parse(again.version.modified!)], ["first", 1_770_000_000_000]);
  await Deno.writeTextFile(path, "first and second");
  assert.equal((await read()).text, "first and second");
  assert.deepEqual(isConditional, [false, true, true]);
});

Deno.test("HttpStore.readText() gives each status its failure", async () => {
  const cases = [
    [404, "missing", 1],
    [403, "refused", 1],
    [206, "refused", 1],
    [429, "throttled", TRIES],
    [503, "unavailable", TRIES],
  ] as const;
  for (const [code, failure, tries] of cases) {
    await using setting = await startBucket([{ path: /idx$/, effect: status(code) }]);
    const { bucket, readText } = setting;
    await assert.rejects(readText(), failsWith(failure, new RegExp(`x\\.grib2\\.idx answered ${code}`)));
    assert.equal(bucket.requests.length, tries, String(code));
  }
});

Deno.test("HttpStore succeeds when a fault ends before the tries are used up", async () => {
  for (const effect of [status(503), redirect(), connectionLost(), halfBody()]) {
    await using setting = await startBucket([{ path: /grib2$/, effect, times: POLICY.retries }]);
    const { bucket, readRange } = setting;
    assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
    assert.equal(bucket.requests.length, TRIES);
  }
});

Deno.test("HttpStore fails with `unavailable` when no server listens", async () => {
  let baseUrl = "";
  {
    await using setting = await startBucket([]);
    baseUrl = setting.store.baseUrl;
  }
  const signal = new AbortController().signal;
  await assert.rejects(
    new HttpStore(baseUrl, POLICY).readText("x.idx", { maxBytes: 10, signal }),
    failsWith("unavailable", /x\.idx could not be read: /),
  );
});

Deno.test("HttpStore fails with `unavailable` when a try makes no progress in time", async () => {
  await using setting = await startBucket([{ path: /grib2$/, effect: slow(5000) }], {
    policy: { ...POLICY, retries: 1, timeoutMs: 50 },
  });
  const { bucket, readRange } = setting;
  const started = performance.now();
  await assert.rejects(readRange(), failsWith("unavailable", /x\.grib2 made no progress within 0\.05 s$/));
  assert.equal(bucket.requests.length, 2);
  assert.ok(performance.now() - started < 2000);
});

Deno.test("HttpStore gives up a body that stalls", async () => {
  const trickle = () =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) }), {
      status: 206,
      headers: { "content-range": "bytes 100-299/1000" },
    });
  await using setting = await startBucket([{ path: /grib2$/, effect: trickle }], {
    policy: { ...POLICY, retries: 0, timeoutMs: 50 },
  });
  const { readRange } = setting;
  await assert.rejects(readRange(), failsWith("unavailable", /made no progress within 0\.05 s$/));
});

Deno.test("HttpStore stops reading a body that is longer than allowed", async () => {
  let sentChunks = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          sentChunks++;
          controller.enqueue(new Uint8Array(16_384));
        },
      }),
    );
  {
    await using setting = await startBucket([{ path: /idx$/, effect: endless }]);
    const { bucket, readText } = setting;
    await assert.rejects(readText(100_000), failsWith("refused", /; at most 100000 are allowed$/));
    assert.equal(bucket.requests.length, 1);
  }
  assert.ok(sentChunks < 10_000, `${sentChunks} chunks were sent`);
});

Deno.test("HttpStore.readRange() sends no request when the range is longer than allowed", async () => {
  await using setting = await startBucket([]);
  const { bucket, readRange } = setting;
  await assert.rejects(
    async () => await readRange(RANGE, 199),
    failsWith("refused", /has 200 bytes; at most 199 are/),
  );
  assert.equal(bucket.requests.length, 0);
});

Deno.test("HttpStore.readRange() refuses an open range when its content is longer than allowed", async () => {
  await using setting = await startBucket([]);
  const { readRange } = setting;
  await assert.rejects(readRange({ start: 0, end: null }, 999), failsWith("refused", /has 1000 bytes;/));
});

Deno.test("HttpStore waits as long as retry-after says, up to the longest delay", async () => {
  const pauseAfter = async (retryAfter: string, maxDelayMs: number) => {
    let pauseMs = NaN;
    {
      await using setting = await startBucket([{
        path: /grib2$/,
        effect: status(503, { "retry-after": retryAfter }),
        times: 1,
      }], { policy: { ...POLICY, firstDelayMs: 1, maxDelayMs } });
      const { bucket, readRange } = setting;
      await readRange();
      const [first, second] = bucket.requests;
      pauseMs = second!.atMs - first!.atMs;
    }
    return pauseMs;
  };
  const asked = await pauseAfter("1", 5000);
  assert.ok(asked >= 990 && asked < 4900, `${asked} ms`);
  const bounded = await pauseAfter("3600", 100);
  assert.ok(bounded >= 95 && bounded < 1500, `${bounded} ms`);
  for (const unreadable of ["Fri, 29 Jan 2100 17:00:00 GMT", "-1", "1e9", "99999"]) {
    const pause = await pauseAfter(unreadable, 5000);
    assert.ok(pause < 990, `${unreadable}: ${pause} ms`);
  }
});

Deno.test("HttpStore stops promptly with the signal's reason when the signal aborts", async () => {
  const reason = new Error("enough");
  const cases: [string, readonly Fault[]][] = [
    ["before an answer", [{ path: /grib2$/, effect: slow(5000) }]],
    ["while it waits as retry-after says", [{ path: /grib2$/, effect: status(503, { "retry-after": "9" }) }]],
    ["between tries", [{ path: /grib2$/, effect: status(503) }]],
  ];
  for (const [when, faults] of cases) {
    const controller = new AbortController();
    await using setting = await startBucket(faults, {
      policy: { retries: 4, firstDelayMs: 5000, maxDelayMs: 9000, timeoutMs: 9000 },
      signal: controller.signal,
    });
    const { bucket, readRange } = setting;
    const started = performance.now();
    const timer = setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(readRange(), (error: unknown) => error === reason, when);
    clearTimeout(timer);
    assert.ok(performance.now() - started < 4000, when);
    assert.ok(bucket.requests.length <= 1, when);
  }
});

Deno.test("HttpStore sends no request when the signal aborted before", async () => {
  await using setting = await startBucket([], { signal: AbortSignal.abort() });
  const { bucket, readText } = setting;
  await assert.rejects(readText(), { name: "AbortError" });
  assert.equal(bucket.requests.length, 0);
});

Deno.test("HttpStore returns the bytes unchanged, right or wrong", async () => {
  await using setting = await startBucket([{ path: /grib2$/, effect: changed((body) => body.fill(7)) }]);
  const { readRange } = setting;
  assert.deepEqual(await readRange(), new Uint8Array(200).fill(7));
});

/** The answer of a server to one request for a part of OBJECT; `part` is the requested part. */
type Answer = (part: { start: number; end: number }, bytes: Uint8Array<ArrayBuffer>) => Response;

interface AskedPart {
  readonly range: string | null;
  readonly ifMatch: string | null;
}

/** Starts a server that answers requests for ranges of OBJECT with `answers` in order, and repeats the last one. */
function startServer(answers: readonly Answer[]) {
  const asked: AskedPart[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const range = request.headers.get("range");
    asked.push({ range, ifMatch: request.headers.get("if-match") });
    const [, first, last] = /^bytes=([0-9]+)-([0-9]*)$/.exec(range ?? "")!;
    const part = { start: Number(first), end: last === "" ? OBJECT.length : Number(last) + 1 };
    return answers[Math.min(asked.length, answers.length) - 1]!(part, OBJECT.slice(part.start, part.end));
  });
  const store = new HttpStore(`http://127.0.0.1:${server.addr.port}/`, POLICY);
  const signal = new AbortController().signal;
  const readRange: Setting["readRange"] = async (range = RANGE, maxBytes = 10_000) =>
    (await store.readRange("x.grib2", range, { maxBytes, signal })).bytes;
  return { asked, readRange, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Answers 206 with the headers of a complete answer, and its first `count` bytes. */
function partial(etag: string | null, count = Infinity): Answer {
  return ({ start, end }, bytes) =>
    new Response(bytes.slice(0, count), {
      status: 206,
      headers: {
        "content-range": `bytes ${start}-${end - 1}/${OBJECT.length}`,
        ...(etag === null ? {} : { etag }),
      },
    });
}

/** Answers like `partial`, and loses the connection after `count` bytes. */
function lostAfter(etag: string | null, count: number): Answer {
  return (part, bytes) => {
    const { status, headers } = partial(etag)(part, bytes);
    headers.set("content-length", String(bytes.length));
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, count));
        controller.close();
      },
    });
    return new Response(body, { status, headers });
  };
}

const whole: Answer = partial(null);

/** Ways in which a body is interrupted. */
const BREAKS = { "ends early": partial, "is cut by a lost connection": lostAfter };

for (const [how, breaking] of Object.entries(BREAKS)) {
  Deno.test(`HttpStore.readRange() requests only the missing bytes of the same version when a body ${how}`, async () => {
    await using setting = startServer([breaking('"v1"', 80), partial('"v1"')]);
    const { asked, readRange } = setting;
    assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
    assert.deepEqual(asked, [
      { range: "bytes=100-299", ifMatch: null },
      { range: "bytes=180-299", ifMatch: '"v1"' },
    ]);
  });

  Deno.test(`HttpStore.readRange() starts again without an ETag when a body ${how}`, async () => {
    await using setting = startServer([breaking(null, 80), whole]);
    const { asked, readRange } = setting;
    assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
    assert.deepEqual(asked, Array(2).fill({ range: "bytes=100-299", ifMatch: null }));
  });
}

Deno.test("HttpStore.readRange() starts again when the ETag is weak: equivalent versions may have other bytes", async () => {
  await using setting = startServer([partial('W/"v1"', 80), partial('W/"v1"')]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(asked, Array(2).fill({ range: "bytes=100-299", ifMatch: null }));
});

Deno.test("HttpStore.readRange() joins as many parts as necessary", async () => {
  await using setting = startServer([partial('"v1"', 80), partial('"v1"', 1), partial('"v1"')]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(asked.map(({ range }) => range), ["bytes=100-299", "bytes=180-299", "bytes=181-299"]);
});

Deno.test("HttpStore.readRange() continues a range whose end is not known", async () => {
  await using setting = startServer([partial('"v1"', 4), partial('"v1"')]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange({ start: 990, end: null }), OBJECT.slice(990));
  assert.deepEqual(asked, [
    { range: "bytes=990-", ifMatch: null },
    { range: "bytes=994-", ifMatch: '"v1"' },
  ]);
});

Deno.test("HttpStore.readRange() asks for all bytes again, of any version, when no byte had arrived", async () => {
  await using setting = startServer([partial('"v1"', 0), partial('"v2"')]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(asked, Array(2).fill({ range: "bytes=100-299", ifMatch: null }));
});

Deno.test("HttpStore.readRange() continues after an answer that has no bytes of the object", async () => {
  await using setting = startServer([
    partial('"v1"', 80),
    () => new Response("<Error/>", { status: 503 }),
    partial('"v1"'),
  ]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(asked.map(({ range }) => range), ["bytes=100-299", "bytes=180-299", "bytes=180-299"]);
});

Deno.test("HttpStore.readRange() starts again when the object has changed in the meantime", async () => {
  const changed: Answer = () => new Response("<Error/>", { status: 412 });
  await using setting = startServer([partial('"v1"', 80), changed, partial('"v2"')]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(asked, [
    { range: "bytes=100-299", ifMatch: null },
    { range: "bytes=180-299", ifMatch: '"v1"' },
    { range: "bytes=100-299", ifMatch: null },
  ]);
});

Deno.test("HttpStore.readRange() fails with `unavailable` when an object keeps changing", async () => {
  const changed: Answer = () => new Response(null, { status: 412 });
  await using setting = startServer([partial('"v1"', 80), changed]);
  const { asked, readRange } = setting;
  await assert.rejects(readRange(), failsWith("unavailable", /x\.grib2 changed while it was read$/));
  assert.equal(asked.length, TRIES);
});

Deno.test("HttpStore.readRange() refuses a rest that begins elsewhere, or is longer than the missing part", async () => {
  const fromTheStart: Answer = () => partial('"v1"')({ start: 100, end: 300 }, OBJECT.slice(100, 300));
  {
    await using setting = startServer([partial('"v1"', 80), fromTheStart]);
    const { asked, readRange } = setting;
    const words = /answered range "bytes 100-299\/1000" when asked for "bytes 180-299"$/;
    await assert.rejects(readRange(), failsWith("refused", words));
    assert.equal(asked.length, 2);
  }
  const tooLong: Answer = (part) => partial('"v1"')(part, OBJECT.slice(180, 301));
  {
    await using setting = startServer([partial('"v1"', 80), tooLong]);
    const { readRange } = setting;
    await assert.rejects(readRange(), failsWith("refused", /has 201 bytes; at most 200 are/));
  }
  const wholeObject: Answer = () => new Response(OBJECT);
  await using setting = startServer([partial('"v1"', 80), wholeObject]);
  const { readRange } = setting;
  await assert.rejects(readRange(), failsWith("refused", /ignored the byte range and answered 200/));
});

Deno.test("HttpStore.readRange() reports how many bytes arrived when all tries are used up", async () => {
  await using setting = startServer([partial('"v1"', 80), partial('"v1"', 10), partial('"v1"', 5)]);
  const { asked, readRange } = setting;
  await assert.rejects(readRange(), failsWith("unavailable", /x\.grib2 broke off after 95 of 200 bytes$/));
  assert.equal(asked.length, TRIES);
});

Deno.test("HttpStore.readRange() starts again when a server gives the rest of another version", async () => {
  await using setting = startServer([partial('"v1"', 80), partial('"v2"'), partial('"v2"')]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.deepEqual(asked.map(({ range }) => range), ["bytes=100-299", "bytes=180-299", "bytes=100-299"]);
});

Deno.test("HttpStore.readRange() succeeds when all bytes arrived before the connection was lost", async () => {
  const lostAtTheEnd: Answer = (part, bytes) => {
    const { status, headers } = partial('"v1"')(part, bytes);
    headers.delete("content-length");
    let isSent = false;
    const body = new ReadableStream({
      pull(controller) {
        if (isSent) controller.error(new Error("lost"));
        else controller.enqueue(bytes);
        isSent = true;
      },
    });
    return new Response(body, { status, headers });
  };
  await using setting = startServer([lostAtTheEnd]);
  const { asked, readRange } = setting;
  assert.deepEqual(await readRange(), OBJECT.slice(100, 300));
  assert.equal(asked.length, 1);
});
