import assert from "node:assert/strict";
import { runIdSchema } from "../../contract/identity.ts";
import { formatAge, formatPoint, formatRun, formatTime, formatUnits, formatUtcClock, formatValue } from "./format.ts";

Deno.test("formatTime() uses 24 hours in UTC, and 12 hours in a reader's time zone", () => {
  assert.equal(formatTime("2026-01-29T18:00:00Z", "UTC"), "Thu 29 Jan, 18:00 UTC");
  assert.equal(formatTime("2026-01-29T00:00:00Z", "UTC"), "Thu 29 Jan, 00:00 UTC");
  assert.equal(formatTime("2026-01-29T18:00:00Z", "America/Denver"), "Thu 29 Jan, 11:00 AM MST");
  assert.equal(formatTime("2026-07-04T03:00:00Z", "America/Denver"), "Fri 3 Jul, 9:00 PM MDT");
});

Deno.test("formatUtcClock() names the day when UTC has another one, and is empty where the local time is UTC", () => {
  const zone = Deno.env.get("TZ");
  const formatIn = (timeZone: string, iso: string) => {
    Deno.env.set("TZ", timeZone);
    return formatUtcClock(iso);
  };
  try {
    assert.equal(formatIn("America/Denver", "2026-01-29T18:00:00Z"), "18:00 UTC");
    assert.equal(formatIn("America/Denver", "2026-01-30T06:00:00Z"), "Fri 06:00 UTC", "11 PM on Thursday in Denver");
    assert.equal(formatIn("UTC", "2026-01-29T18:00:00Z"), "");
  } finally {
    if (zone === undefined) Deno.env.delete("TZ");
    else Deno.env.set("TZ", zone);
  }
});

Deno.test("formatRun() writes day, month and hour of a run", () => {
  assert.equal(formatRun(runIdSchema.parse("20260129_17z")), "29 Jan 17Z");
  assert.equal(formatRun(runIdSchema.parse("20260301_00z")), "1 Mar 00Z");
});

Deno.test("formatUnits() lets a factor follow its number, and writes no units for codes", () => {
  assert.deepEqual(["°F", "10⁻⁵ s⁻¹", "code"].map(formatUnits), ["°F", "× 10⁻⁵ s⁻¹", ""]);
});

Deno.test("formatValue() rounds to the variable's precision, with a minus sign in place of a hyphen", () => {
  assert.deepEqual([formatValue(-3.25, 0), formatValue(-3.25, 1), formatValue(7, 2)], ["−3", "−3.3", "7.00"]);
});

Deno.test("formatAge() counts minutes to 90, hours to 48, then days", () => {
  const minutes = [-1, 0, 89, 90, 47 * 60, 48 * 60];
  const texts = ["0 min old", "0 min old", "89 min old", "2 h old", "47 h old", "2 d old"];
  assert.deepEqual(minutes.map((count) => formatAge(count * 60_000)), texts);
});

Deno.test("formatPoint() writes hundredths of a degree with the hemisphere in place of the sign", () => {
  assert.equal(formatPoint({ latDeg: 45.523, lonDeg: -122.676 }), "45.52° N, 122.68° W");
  assert.equal(formatPoint({ latDeg: -33.5, lonDeg: 151.2 }), "33.50° S, 151.20° E");
});
