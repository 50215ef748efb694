import assert from "node:assert/strict";
import fc from "fast-check";
import { gfs } from "../models/gfs.ts";
import { selectorName, selectorWindow } from "../grib/message_selector.ts";
import { nam } from "../models/nam.ts";
import { accumulate, accumulationTerms, type AccumulationWindow } from "./accumulation.ts";
import { field } from "../field/field.ts";
import { leadOfHours } from "../../contract/lead.ts";

const RUN_TOTALS: AccumulationWindow = {
  element: "APCP",
  level: "surface",
  windowMinutes: "run",
  resetEveryMinutes: "never",
};
/** Totals that begin again at zero every three hours, like those of NAM's files. */
const BUCKETS: AccumulationWindow = { ...RUN_TOTALS, resetEveryMinutes: 180 };

/** Lists the terms as `+[from, to]` and `−[from, to]`: sign, and start and end of each total in forecast hours. */
function windows(window: AccumulationWindow, hour: number): string[] {
  const lead = leadOfHours(hour);
  return accumulationTerms(window, lead).map(({ sign, selector }) => {
    const { startMinutes, endMinutes } = selectorWindow(selector, lead);
    return `${sign === 1 ? "+" : "−"}[${startMinutes! / 60}, ${endMinutes / 60}]`;
  });
}

Deno.test("accumulationTerms() returns the run's total as one message", () => {
  for (const hour of [1, 6, 384].map(leadOfHours)) {
    assert.deepEqual(accumulationTerms(RUN_TOTALS, hour), [{
      sign: 1,
      selector: { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: "run" },
    }]);
  }
});

Deno.test("accumulationTerms() returns an hour as a difference of run totals, and the first hour as the total", () => {
  const window: AccumulationWindow = { ...RUN_TOTALS, windowMinutes: 60 };
  assert.deepEqual(accumulationTerms(window, leadOfHours(1)), accumulationTerms(RUN_TOTALS, leadOfHours(1)));
  assert.deepEqual(accumulationTerms(window, leadOfHours(6)), [
    { sign: 1, selector: { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: "run" } },
    {
      sign: -1,
      selector: {
        element: "APCP",
        level: "surface",
        statistic: "accumulation",
        windowMinutes: "run",
        minutesEarlier: 60,
      },
    },
  ]);
  assert.deepEqual(windows(window, 120), ["+[0, 120]", "−[0, 119]"]);
});

Deno.test("accumulationTerms() returns several hours as the difference of two run totals", () => {
  const window: AccumulationWindow = { ...RUN_TOTALS, windowMinutes: 3 * 60 };
  assert.deepEqual(windows(window, 3), ["+[0, 3]"]);
  assert.deepEqual(windows(window, 6), ["+[0, 6]", "−[0, 3]"]);
  assert.deepEqual(windows({ ...RUN_TOTALS, windowMinutes: 24 * 60 }, 144), ["+[0, 144]", "−[0, 120]"]);
});

Deno.test("accumulationTerms() keeps the element and the level of the window", () => {
  const snow: AccumulationWindow = { element: "ASNOW", level: "500 mb", windowMinutes: 60, resetEveryMinutes: "never" };
  for (const { selector } of accumulationTerms(snow, leadOfHours(2))) {
    assert.deepEqual([selector.element, selector.level, selector.statistic], ["ASNOW", "500 mb", "accumulation"]);
  }
});

Deno.test("accumulationTerms() returns a difference of a bucket's totals when the window is inside the bucket", () => {
  const window: AccumulationWindow = { ...BUCKETS, windowMinutes: 60 };
  assert.deepEqual(windows(window, 2), ["+[0, 2]", "−[0, 1]"]);
  assert.deepEqual(windows(window, 6), ["+[3, 6]", "−[3, 5]"]);
  assert.deepEqual(windows(window, 59), ["+[57, 59]", "−[57, 58]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 2 * 60 }, 3), ["+[0, 3]", "−[0, 1]"]);
  assert.deepEqual(accumulationTerms(window, leadOfHours(6)).map(({ selector }) => selectorName(selector)), [
    "APCP:surface:3 h",
    "APCP:surface:2 h 1 h earlier",
  ]);
});

Deno.test("accumulationTerms() returns one message when the window begins with its bucket", () => {
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 60 }, 1), ["+[0, 1]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 60 }, 4), ["+[3, 4]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 2 * 60 }, 5), ["+[3, 5]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 3 * 60 }, 6), ["+[3, 6]"]);
});

Deno.test("accumulationTerms() adds up buckets when the window reaches over several", () => {
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 2 * 60 }, 4), ["+[0, 3]", "−[0, 2]", "+[3, 4]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 3 * 60 }, 5), ["+[0, 3]", "−[0, 2]", "+[3, 5]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 6 * 60 }, 9), ["+[3, 6]", "+[6, 9]"]);
  assert.deepEqual(windows({ ...BUCKETS, windowMinutes: 6 * 60 }, 8), ["+[0, 3]", "−[0, 2]", "+[3, 6]", "+[6, 8]"]);
  assert.deepEqual(
    accumulationTerms({ ...BUCKETS, windowMinutes: 2 * 60 }, leadOfHours(4)).map(({ selector }) =>
      selectorName(selector)
    ),
    [
      "APCP:surface:3 h 1 h earlier",
      "APCP:surface:2 h 2 h earlier",
      "APCP:surface:1 h",
    ],
  );
});

Deno.test("accumulationTerms() adds up the run's total from its buckets", () => {
  assert.deepEqual(windows(BUCKETS, 1), ["+[0, 1]"]);
  assert.deepEqual(windows(BUCKETS, 3), ["+[0, 3]"]);
  assert.deepEqual(windows(BUCKETS, 7), ["+[0, 3]", "+[3, 6]", "+[6, 7]"]);
});

Deno.test("accumulationTerms() refuses a window that begins before the run, or is empty", () => {
  const refused: [AccumulationWindow, number, string][] = [
    [RUN_TOTALS, 0, "the run"],
    [BUCKETS, 0, "the run"],
    [{ ...RUN_TOTALS, windowMinutes: 60 }, 0, "60 min"],
    [{ ...RUN_TOTALS, windowMinutes: 3 * 60 }, 2, "180 min"],
    [{ ...BUCKETS, windowMinutes: 3 * 60 }, 2, "180 min"],
    [{ ...RUN_TOTALS, windowMinutes: 0 }, 6, "0 min"],
    [{ ...RUN_TOTALS, windowMinutes: -60 }, 6, "-60 min"],
  ];
  for (const [window, hour, words] of refused) {
    assert.throws(() => accumulationTerms(window, leadOfHours(hour)), {
      name: "RangeError",
      message: `Cannot accumulate APCP over ${words} at forecast hour ${hour}: the run begins at 0`,
    });
  }
});

/** Computes the amount from the files' totals when `rain[h]` falls in the hour from h to h + 1. */
function amountOf(rain: readonly number[], window: AccumulationWindow, hour: number): number {
  const lead = leadOfHours(hour);
  const between = (from: number, to: number) => rain.slice(from, to).reduce((sum, amount) => sum + amount, 0);
  return accumulationTerms(window, lead).reduce((sum, { sign, selector }) => {
    const { startMinutes: start, endMinutes: end } = selectorWindow(selector, lead);
    if (window.resetEveryMinutes !== "never") {
      // The total of a bucket begins at the bucket's start and ends within the bucket.
      assert.equal(start! % window.resetEveryMinutes, 0);
      assert.ok(end > start! && end - start! <= window.resetEveryMinutes);
    } else assert.equal(start, 0);
    return sum + sign * between(start! / 60, end / 60);
  }, 0);
}

Deno.test("accumulationTerms() add up to the amount that fell in the window, for any length of buckets", () => {
  const rain = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 60, maxLength: 60 });
  const reset = fc.oneof(fc.constant("never" as const), fc.integer({ min: 1, max: 12 }).map((hours) => hours * 60));
  fc.assert(
    fc.property(rain, reset, fc.integer({ min: 1, max: 60 }), fc.nat(59), (rain, resetEveryMinutes, hour, before) => {
      const start = before % hour;
      const fell = rain.slice(start, hour).reduce((sum, amount) => sum + amount, 0);
      const window = { ...RUN_TOTALS, windowMinutes: (hour - start) * 60, resetEveryMinutes };
      assert.equal(amountOf(rain, window, hour), fell);
      const all = rain.slice(0, hour).reduce((sum, amount) => sum + amount, 0);
      assert.equal(amountOf(rain, { ...RUN_TOTALS, resetEveryMinutes }, hour), all);
    }),
  );
});

Deno.test("accumulationTerms() computes GFS's hour from run totals and NAM's hour from buckets", () => {
  const lastHour = (model: typeof gfs) => {
    const { derivation } = model.variables.find(({ id }) => id === "apcp1h")!;
    assert.equal(derivation.type, "accumulation");
    return derivation as AccumulationWindow;
  };
  assert.deepEqual([windows(lastHour(gfs), 1), windows(lastHour(gfs), 6)], [["+[0, 1]"], ["+[0, 6]", "−[0, 5]"]]);
  assert.deepEqual([windows(lastHour(nam), 4), windows(lastHour(nam), 6)], [["+[3, 4]"], ["+[3, 6]", "−[3, 5]"]]);
});

const NOISE = 0.02;
const of = (...values: number[]) => field(values.length, 1, Float32Array.from(values));
const plus = (...values: number[]) => ({ sign: 1 as const, field: of(...values) });
const minus = (...values: number[]) => ({ sign: -1 as const, field: of(...values) });

Deno.test("accumulate() adds and subtracts cell by cell", () => {
  const { field, clampedCells } = accumulate([plus(4, 0, 1.5), minus(1, 0, 1.5), plus(0.25, 0, 8)], NOISE);
  assert.deepEqual([...field.values], [3.25, 0, 8]);
  assert.equal(clampedCells, 0);
});

Deno.test("accumulate() returns the values of a single total, and does not change its input", () => {
  const total = of(0, 1.25, NaN);
  const { field } = accumulate([{ sign: 1, field: total }], NOISE);
  assert.deepEqual([...field.values], [0, 1.25, NaN]);
  accumulate([{ sign: 1, field: total }, minus(0, 1, 0)], NOISE);
  assert.deepEqual([...total.values], [0, 1.25, NaN]);
});

Deno.test("accumulate() has a missing cell where any of the totals is missing", () => {
  const { field, clampedCells } = accumulate(
    [plus(NaN, 3, 3, 3), plus(1, NaN, 1, 1), minus(1, 1, NaN, 1), plus(0, 0, 0, 0)],
    NOISE,
  );
  assert.deepEqual([...field.values], [NaN, NaN, NaN, 3]);
  assert.equal(clampedCells, 0);
});

Deno.test("accumulate() sets negative amounts to 0 and counts them", () => {
  const { field, clampedCells } = accumulate([plus(1, 1, 1, 0), minus(1, 1.0625, 0.5, 0)], 0.0625);
  assert.deepEqual([...field.values], [0, 0, 0.5, 0]);
  assert.equal(clampedCells, 1);
});

Deno.test("accumulate() never returns −0", () => {
  const { field } = accumulate([plus(0, -0, 0), minus(0, 0, -0)], NOISE);
  assert.deepEqual([...field.values], [0, 0, 0]);
});

/** Returns 200 cells of 1, except that the first `count` are `low`. */
const mostlyOne = (count: number, low: number) => of(...Array.from({ length: 200 }, (_, i) => i < count ? low : 1));

Deno.test("accumulate() refuses totals when more than 1 % of the cells fall by more than the noise", () => {
  const fall = (count: number, to: number) => () =>
    accumulate([{ sign: 1, field: mostlyOne(count, to) }, { sign: -1, field: mostlyOne(0, 0) }], 0.25);
  assert.equal(fall(2, 0)().clampedCells, 2);
  assert.throws(
    fall(3, 0),
    /^RangeError: Cannot accumulate: 3 of 200 cells decrease by more than 0\.25: the totals were probably reset$/,
  );
  // A fall by exactly the noise is accepted in any number of cells.
  assert.equal(fall(200, 0.75)().clampedCells, 200);
  assert.throws(fall(200, 0.749), RangeError);
});

Deno.test("accumulate() refuses fields on two grids, and an empty list", () => {
  assert.throws(() => accumulate([plus(1, 2), minus(1, 2, 3)], NOISE), RangeError);
  assert.throws(
    () => accumulate([plus(1, 2), { sign: -1, field: field(1, 2, Float32Array.of(1, 2)) }], NOISE),
    /^RangeError: Cannot combine fields of 2 × 1 and 1 × 2/,
  );
  assert.throws(() => accumulate([], NOISE), /^RangeError: Cannot accumulate 0 fields: expected at least 1$/);
});
