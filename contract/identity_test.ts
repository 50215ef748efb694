import assert from "node:assert/strict";
import fc from "fast-check";
import { cycleTime, modelIdSchema, runIdOf, runIdSchema, utcTimeSchema, validTime, varIdSchema } from "./identity.ts";
import { frameTextSchema, leadOfHours } from "./lead.ts";
import { HOSTILE_TEXTS } from "../tests/support/hostile_texts.ts";
import { runId } from "../tests/support/identity.ts";

/** Whole UTC hours of years with four digits. */
const cycles = fc.integer({ min: -719_162 * 24 + 366 * 24 * 999, max: 2_932_896 * 24 }).map((hours) =>
  new Date(hours * 3_600_000)
)
  .filter((date) => date.getUTCFullYear() >= 1000 && date.getUTCFullYear() <= 9999);

Deno.test("runIdOf() and cycleTime() lose nothing in a round trip", () => {
  fc.assert(fc.property(cycles, (cycle) => {
    const run = runIdOf(cycle);
    assert.equal(runIdSchema.parse(run), run);
    assert.equal(cycleTime(run).getTime(), cycle.getTime());
  }));
});

Deno.test("runIdOf() refuses a time that is not a whole hour", () => {
  assert.throws(() => runIdOf(new Date("2026-02-17T06:30:00Z")), RangeError);
  assert.throws(() => runIdOf(new Date("2026-02-17T06:00:00.001Z")), RangeError);
});

Deno.test("runIdSchema refuses dates that do not exist", () => {
  for (const text of ["20260229_00z", "20260431_00z", "20261301_00z", "20260100_00z", "20260101_24z", "20260101_99z"]) {
    assert.equal(runIdSchema.safeParse(text).success, false, text);
  }
  assert.equal(runIdSchema.safeParse("20240229_00z").success, true);
});

Deno.test("the identity schemas refuse hostile texts", () => {
  for (const text of HOSTILE_TEXTS) {
    for (const schema of [modelIdSchema, varIdSchema, runIdSchema, frameTextSchema]) {
      assert.equal(schema.safeParse(text).success, false, JSON.stringify(text.slice(0, 40)));
    }
  }
});

Deno.test("the identity schemas accept no text that could leave its folder", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
    for (const schema of [modelIdSchema, varIdSchema, runIdSchema, frameTextSchema]) {
      const parsed = schema.safeParse(text);
      if (parsed.success) assert.match(parsed.data, /^[a-z0-9_]{1,32}$/);
    }
  }));
});

Deno.test("validTime() crosses days, months and leap days", () => {
  const at = (run: string, hour: number) => validTime(runId(run), leadOfHours(hour)).toISOString();
  assert.equal(at("20260217_06z", 3), "2026-02-17T09:00:00.000Z");
  assert.equal(at("20240228_23z", 1), "2024-02-29T00:00:00.000Z");
  assert.equal(at("20261231_12z", 48), "2027-01-02T12:00:00.000Z");
});

Deno.test("utcTimeSchema requires UTC with Z", () => {
  assert.equal(utcTimeSchema.safeParse("2026-02-17T09:00:00Z").success, true);
  for (const text of ["2026-02-17T09:00:00", "2026-02-17T09:00:00+01:00", "2026-02-30T09:00:00Z", "yesterday"]) {
    assert.equal(utcTimeSchema.safeParse(text).success, false, text);
  }
});
