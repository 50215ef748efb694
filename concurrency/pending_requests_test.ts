import assert from "node:assert/strict";
import { PendingRequests } from "./pending_requests.ts";

Deno.test("PendingRequests.join() starts one request per key, and gives its answer to all callers", async () => {
  const pending = new PendingRequests<number>();
  const answers = new Map<string, (value: number) => void>();
  let starts = 0;
  const ask = (key: string) =>
    pending.join(key, () => {
      starts++;
      return new Promise((resolve) => answers.set(key, resolve));
    });
  const [first, second, other] = [ask("a"), ask("a"), ask("b")];
  assert.equal(starts, 2);
  assert.ok(pending.has("a") && pending.has("b") && !pending.has("c"));
  answers.get("a")!(1);
  answers.get("b")!(2);
  assert.deepEqual(await Promise.all([first, second, other]), [1, 1, 2]);
  assert.equal(pending.has("a"), false, "an answer is not kept");
  const again = ask("a");
  assert.equal(starts, 3);
  answers.get("a")!(4);
  assert.equal(await again, 4);
});

Deno.test("PendingRequests.join() rejects all callers with the failure, and then starts again", async () => {
  const pending = new PendingRequests<string>();
  const fail = () => Promise.reject(new TypeError("no network"));
  const both = await Promise.allSettled([pending.join("a", fail), pending.join("a", fail)]);
  assert.deepEqual(both.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(await pending.join("a", () => Promise.resolve("there")), "there");
});
