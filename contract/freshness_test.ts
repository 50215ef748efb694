import assert from "node:assert/strict";
import { freshnessOf } from "./freshness.ts";
import { runId } from "../tests/support/identity.ts";

Deno.test("freshnessOf() counts from the reference time; a run older than its model's limit is stale", () => {
  const at = (iso: string) => freshnessOf({ staleAfterHours: 4 }, runId("20260217_06z"), new Date(iso));
  assert.deepEqual(at("2026-02-17T09:30:00Z"), { ageMs: 3.5 * 3_600_000, isStale: false });
  assert.deepEqual(at("2026-02-17T10:00:00Z"), { ageMs: 4 * 3_600_000, isStale: false });
  assert.equal(at("2026-02-17T10:00:00.001Z").isStale, true);
  assert.equal(at("2026-02-17T05:00:00Z").ageMs, -3_600_000, "of a run to come");
});
