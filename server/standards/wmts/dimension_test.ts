import assert from "node:assert/strict";
import { dimensionSchema } from "./dimension.ts";

const SIX = "2026-02-17T06:00:00.000Z";

/** The instant that a text means, in ISO 8601; or the word that it is. */
function parsed(text: string | undefined): string {
  const value = dimensionSchema.parse(text);
  return value instanceof Date ? value.toISOString() : value;
}

Deno.test("dimensionSchema reads a time to the minute or finer, in UTC unless it names a zone", () => {
  for (
    const text of [
      "2026-02-17T06:00:00Z",
      "2026-02-17t06:00:00z",
      "2026-02-17T06:00Z",
      "2026-02-17T06:00",
      "2026-02-17T06:00:00.000Z",
      "2026-02-17T08:00:00+02:00",
      "2026-02-17T08:00:00+0200",
      "2026-02-17T08:00:00+02",
      "2026-02-17T00:30:00-05:30",
    ]
  ) assert.equal(parsed(text), SIX, text);
});

Deno.test("dimensionSchema reads a plus sign that a client did not encode, and which therefore is a space", () => {
  for (const zone of [" 02:00", " 0200", " 02"]) assert.equal(parsed(`2026-02-17T08:00:00${zone}`), SIX, zone);
});

Deno.test("dimensionSchema reads default and current in any case; a missing or empty value is default", () => {
  assert.deepEqual([undefined, "", "default", "Default"].map(parsed), Array(4).fill("default"));
  assert.deepEqual(["current", "CURRENT"].map(parsed), Array(2).fill("current"));
});

Deno.test("dimensionSchema refuses other texts, dates that do not exist, and lists and intervals of times", () => {
  for (
    const text of [
      "2026-02-17",
      "2026-02-17T06Z",
      "2026-13-17T06:00:00Z",
      "2026-02-30T06:00:00Z",
      "2026-02-17T25:00:00Z",
      "20260217T060000Z",
      "now",
      "2026-02-17T06:00:00Z,2026-02-17T07:00:00Z",
      "2026-02-17T06:00:00Z/2026-02-17T07:00:00Z/PT1H",
      " 2026-02-17T06:00:00Z",
    ]
  ) assert.throws(() => parsed(text), /expected an ISO 8601 time such as 2026-02-17T06:00:00Z/, text);
});
