import assert from "node:assert/strict";
import { workerCount } from "./worker_count.ts";

const GB = 1e9;

Deno.test("workerCount() is the configured number, or one for each core", () => {
  assert.equal(workerCount({ workers: 0 }, { cores: 4, memoryBytes: 24 * GB }), 4);
  assert.equal(workerCount({ workers: 2 }, { cores: 4, memoryBytes: 24 * GB }), 2);
  assert.equal(workerCount({ workers: 3 }, { cores: 1, memoryBytes: Infinity }), 3);
});

Deno.test("workerCount() is no more than memory has room for, and at least one", () => {
  assert.equal(workerCount({ workers: 0 }, { cores: 8, memoryBytes: 1 * GB }), 2);
  assert.equal(workerCount({ workers: 8 }, { cores: 8, memoryBytes: 2 * GB }), 7);
  assert.equal(workerCount({ workers: 4 }, { cores: 8, memoryBytes: 0.2 * GB }), 1);
});

Deno.test("workerCount() is at least one on this machine", () => {
  assert.ok(workerCount({ workers: 0 }) >= 1);
});
