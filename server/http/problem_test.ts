import assert from "node:assert/strict";
import { BadParameterError, BusyError, DamagedError, NotPublishedError } from "../errors.ts";
import { problem, problemFor } from "./problem.ts";

Deno.test("problemFor() hides the details of a bug, and explains every other failure", async () => {
  const told = async (error: Error) => {
    const response = problemFor(error);
    const { status, detail } = await response.json();
    assert.equal(status, response.status);
    return [status, detail, response.headers.get("retry-after")];
  };
  const [status, detail] = await told(new TypeError("cannot read /var/lib/twf_v3/data/secret"));
  assert.equal(status, 500);
  assert.doesNotMatch(detail, /secret|var|cannot read/);
  assert.deepEqual(await told(new NotPublishedError("No run")), [404, "No run", null]);
  assert.deepEqual(await told(new BusyError("full", 7)), [503, "full", "7"]);
  assert.deepEqual(await told(new BusyError("too much", 2, 429)), [429, "too much", "2"]);
  assert.deepEqual(await told(new DamagedError("damaged")), [503, "damaged", "60"]);
  assert.equal((await told(new BadParameterError("fh", "x", "expected an hour")))[0], 400);
});

Deno.test("problem() repeats part of the request, but cuts an endless one", async () => {
  for (const response of [problem(404, "x".repeat(5000)), problemFor(new NotPublishedError("x".repeat(5000)))]) {
    const { detail } = await response.json();
    assert.equal(detail.length, 300);
    assert.ok(detail.endsWith("x…"));
  }
});
