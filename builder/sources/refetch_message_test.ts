import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { faultyBucket, status } from "../../tests/support/faulty_bucket.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { etagWords, MessageRefetcher } from "./refetch_message.ts";

const PATH = "run/object.grib2";
const OBJECT = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const RETRY_POLICY = { retries: 0, firstDelayMs: 1, maxDelayMs: 1, timeoutMs: 5_000 };

/** Serves the object, and returns a refetcher of that bucket and the receipt of a range of the object. */
async function setting(faults: Parameters<typeof faultyBucket>[1] = []) {
  const folder = await tempDir();
  await Deno.mkdir(`${folder.path}/run`);
  await Deno.writeFile(`${folder.path}/${PATH}`, OBJECT);
  const bucket = faultyBucket(folder.path, faults);
  const signal = new AbortController().signal;
  const refetcher = new MessageRefetcher({
    sources: [{ id: "one", baseUrl: "https://one.example/" }, { id: "two", baseUrl: bucket.baseUrl }],
    signal,
    retryPolicy: RETRY_POLICY,
  });
  const receipt = (offset: number, length: number) => ({
    url: bucket.baseUrl + PATH,
    offset,
    length,
    sha256: createHash("sha256").update(OBJECT.slice(offset, offset + length)).digest("hex"),
    etag: `"${createHash("md5").update(OBJECT).digest("hex")}"`,
    modified: null,
  });
  return {
    bucket,
    refetcher,
    receipt,
    async [Symbol.asyncDispose]() {
      await bucket[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("MessageRefetcher fetches a range once, and compares each receipt of it", async () => {
  await using at = await setting();
  const right = at.receipt(100, 300);
  const wrong = { ...right, sha256: "0".repeat(64) };
  const [first, second, third] = await Promise.all(
    [right, wrong, right].map((each) => at.refetcher.refetch(each, PATH)),
  );
  assert.deepEqual(first, { bytes: OBJECT.slice(100, 400), etag: right.etag });
  assert.deepEqual(third, first);
  assert.ok("failure" in second! && second.failure === "upstream changed");
  assert.match(second.problem, /bytes 100-399 has SHA-256 [0-9a-f]{12}… and had 0{12}…; the object has the same ETag$/);
  await at.refetcher.refetch(at.receipt(100, 301), PATH);
  assert.deepEqual(at.bucket.requests.map(({ range }) => range), ["bytes=100-399", "bytes=100-400"]);
});

Deno.test("MessageRefetcher sets a source aside when it does not answer twice, but not when it lacks objects", async () => {
  await using dead = await setting([{ path: /./, effect: status(503) }]);
  for (let i = 0; i < 5; i++) {
    const answer = await dead.refetcher.refetch(dead.receipt(i, 10), PATH);
    assert.ok("failure" in answer && answer.failure === "unreachable");
    assert.match(answer.problem, i < 2 ? /answered 503$/ : /is set aside/);
  }
  assert.equal(dead.bucket.requests.length, 2);
  for (const [code, failure] of [[404, "upstream gone"], [403, "unreachable"]] as const) {
    await using lacking = await setting([{ path: /./, effect: status(code) }]);
    for (let i = 0; i < 4; i++) {
      const answer = await lacking.refetcher.refetch(lacking.receipt(i, 10), PATH);
      assert.ok("failure" in answer && answer.failure === failure);
    }
    assert.equal(lacking.bucket.requests.length, 4);
  }
});

Deno.test("etagWords() tells equal, other and absent ETags apart", () => {
  assert.equal(etagWords('"a"', '"a"'), "the object has the same ETag");
  assert.equal(etagWords('"a"', '"b"'), `the object's ETag is "b" and was "a"`);
  assert.equal(etagWords('"a"', null), `the object's ETag is not given and was "a"`);
});
