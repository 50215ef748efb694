import assert from "node:assert/strict";
import { eventually } from "../../tests/support/eventually.ts";
import { type Effect, type Fault, type FaultyBucket, faultyBucket, status } from "../../tests/support/faulty_bucket.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { HostGate } from "./host_gate.ts";
import { HttpStore, type RetryPolicy } from "./http_store.ts";
import type { ReadOptions } from "./object_store.ts";
import { readInParts } from "./read_in_parts.ts";
import { SourceError } from "./source_error.ts";

const MIB = 1024 * 1024;
const POLICY: RetryPolicy = { retries: 1, firstDelayMs: 2, maxDelayMs: 10, timeoutMs: 30_000 };
const OBJECT = bytesFrom(1);
/** The range of most tests: four parts. */
const RANGE = { start: 1000, end: 1000 + 16 * MIB + 3 };

/** Returns 18 MiB without a period that divides the length of a part. */
function bytesFrom(seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 18 * MIB }, (_, i) => (i * 7 + (i >> 9) + seed) & 255);
}

interface Setting extends AsyncDisposable {
  readonly bucket: FaultyBucket;
  readonly path: string;
  readonly read: (range?: { start: number; end: number }, options?: Partial<ReadOptions>) => Promise<Uint8Array>;
}

/** Starts a bucket with one long object, and reads ranges of it in parts. */
async function startBucket(faults: readonly Fault[], gate = new HostGate({})): Promise<Setting> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir());
  const path = `${folder.path}/x.grib2`;
  await Deno.writeFile(path, OBJECT);
  const bucket = stack.use(faultyBucket(folder.path, faults));
  const store = new HttpStore(bucket.baseUrl, POLICY, gate);
  const started = stack.move();
  return {
    bucket,
    path,
    read: async (range = RANGE, options = {}) => {
      const all = { maxBytes: 32 * MIB, signal: new AbortController().signal, ...options };
      return (await readInParts(store, "x.grib2", range, all)).bytes;
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Compares long arrays, without the text of a difference. */
function requireEqual(bytes: Uint8Array, wanted: Uint8Array): void {
  assert.ok(bytes.length === wanted.length && bytes.every((byte, i) => byte === wanted[i]), "other bytes");
}

const lengthsOf = ({ requests }: FaultyBucket) =>
  requests.map(({ range }) => {
    const [, first, last] = /^bytes=([0-9]+)-([0-9]+)$/.exec(range!)!;
    return Number(last) + 1 - Number(first);
  });

/** Answers with the object and another ETag. */
function withEtag(etag: (request: Request) => string | null): Effect {
  return async ({ request, object }) => {
    const answer = await object();
    const headers = new Headers(answer.headers);
    const changed = etag(request);
    if (changed === null) headers.delete("etag");
    else headers.set("etag", changed);
    return new Response(answer.body, { status: answer.status, headers });
  };
}

const isOf = (start: number) => (request: Request) => request.headers.get("range")!.startsWith(`bytes=${start}-`);
const SECOND = isOf(1000 + Math.floor((16 * MIB + 3) / 4));
const WHOLE = `bytes=${RANGE.start}-${RANGE.end - 1}`;

Deno.test("readInParts() joins up to four parts of at least 4 MiB, and reads a shorter range with one request", async () => {
  const cases = [[8 * MIB - 1, 1], [8 * MIB, 2], [13 * MIB, 3], [16 * MIB + 3, 4], [17 * MIB, 4]] as const;
  for (const [length, parts] of cases) {
    await using setting = await startBucket([]);
    const { bucket, read } = setting;
    requireEqual(await read({ start: 1000, end: 1000 + length }), OBJECT.subarray(1000, 1000 + length));
    const lengths = lengthsOf(bucket);
    assert.equal(lengths.length, parts);
    assert.equal(lengths.reduce((sum, each) => sum + each), length);
    assert.ok(parts === 1 || lengths.every((each) => each >= 4 * MIB), lengths.join());
  }
});

Deno.test("readInParts() reads the range again as one when the object is replaced between parts", async () => {
  const replaced = bytesFrom(100);
  let path = "";
  const replace: Effect = async ({ request }) => {
    // The other parts are read before the object is replaced.
    if (SECOND(request)) {
      await eventually(() => bucketOf!.requests.length === 4);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await Deno.writeFile(path, replaced);
    }
    return null;
  };
  let bucketOf: FaultyBucket | undefined;
  await using setting = await startBucket([{ path: /grib2$/, effect: replace }]);
  ({ path, bucket: bucketOf } = setting);
  requireEqual(await setting.read(), replaced.subarray(RANGE.start, RANGE.end));
  assert.deepEqual(setting.bucket.requests.slice(4).map(({ range }) => range), [WHOLE]);
});

for (const [what, etag] of [["weak", 'W/"1"'], ["missing", null]] as const) {
  Deno.test(`readInParts() reads the range again as one when the ETag is ${what}`, async () => {
    await using setting = await startBucket([{ path: /grib2$/, effect: withEtag(() => etag) }]);
    const { bucket, read } = setting;
    requireEqual(await read(), OBJECT.subarray(RANGE.start, RANGE.end));
    assert.deepEqual(bucket.requests.slice(4).map(({ range }) => range), [WHOLE]);
  });
}

Deno.test("readInParts() fails with the error of a part, after its retries, and aborts the others", async () => {
  const aborted: string[] = [];
  const effect: Effect = ({ request, signal }) => {
    if (SECOND(request)) return new Response(null, { status: 503 });
    return new Promise((resolve) => {
      const end = (how: string) => () => {
        aborted.push(how);
        resolve(new Response(null, { status: 503 }));
      };
      request.signal.addEventListener("abort", end("by the client"), { once: true });
      signal.addEventListener("abort", end("by the end"), { once: true });
    });
  };
  await using setting = await startBucket([{ path: /grib2$/, effect }]);
  const { bucket, read } = setting;
  await assert.rejects(read(), (error) => error instanceof SourceError && error.failure === "unavailable");
  assert.equal(bucket.requests.length, 3 + POLICY.retries + 1);
  const failed = performance.now();
  await eventually(() => aborted.length === 3);
  assert.ok(performance.now() - failed < 10_000, "long before the parts would time out");
  assert.deepEqual(aborted, Array(3).fill("by the client"));
});

Deno.test("readInParts() makes a part's retries, and continues where the part broke off", async () => {
  await using setting = await startBucket([{ path: /grib2$/, effect: status(503), times: 1 }]);
  const { bucket, read } = setting;
  requireEqual(await read(), OBJECT.subarray(RANGE.start, RANGE.end));
  assert.equal(bucket.requests.length, 5);
});

Deno.test("readInParts() ends all parts with the reason of its signal", async () => {
  const stop = new AbortController();
  const effect: Effect = ({ signal }) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(new Response(null, { status: 503 }))));
  await using setting = await startBucket([{ path: /grib2$/, effect }]);
  const { bucket, read } = setting;
  const reading = read(RANGE, { signal: stop.signal });
  const failed = assert.rejects(reading, /stopped by a reader/);
  await eventually(() => bucket.requests.length === 4);
  stop.abort(new Error("stopped by a reader"));
  await failed;
});

Deno.test("readInParts() holds the limit of bytes before a request, reports progress, and passes the host's gate", async () => {
  const gate = new HostGate({ maxConcurrent: 1 });
  let inWork = 0;
  let most = 0;
  const effect: Effect = async ({ object }) => {
    most = Math.max(most, ++inWork);
    const answer = await object();
    inWork--;
    return answer;
  };
  await using setting = await startBucket([{ path: /grib2$/, effect }], gate);
  const { bucket, read } = setting;
  await assert.rejects(
    read(RANGE, { maxBytes: 16 * MIB }),
    (error) => error instanceof SourceError && error.failure === "refused",
  );
  assert.equal(bucket.requests.length, 0);
  let progress = 0;
  await read(RANGE, { onProgress: () => progress++ });
  assert.ok(progress > 4, `${progress}`);
  assert.deepEqual([bucket.requests.length, most], [4, 1]);
});
