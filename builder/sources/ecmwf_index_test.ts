import assert from "node:assert/strict";
import fc from "fast-check";
import { leadOfHours } from "../../contract/lead.ts";
import { printable } from "../../contract/printable.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { instant } from "../grib/message_selector.ts";
import { parseEcmwfIndex } from "./ecmwf_index.ts";
import type { InventoryEntry } from "./inventory.ts";
import { selectMessage } from "./select.ts";
import { runId } from "../../tests/support/identity.ts";

const LINE = {
  domain: "g",
  date: "20260730",
  time: "0000",
  expver: "0001",
  class: "od",
  type: "fc",
  stream: "oper",
  levtype: "sfc",
  step: "6",
  param: "2t",
  _offset: 17459800,
  _length: 609046,
};

type Change = Record<string, unknown>;

const text = (...changes: Change[]) => changes.map((change) => JSON.stringify({ ...LINE, ...change }) + "\n").join("");
const parse = (...changes: Change[]): readonly InventoryEntry[] => parseEcmwfIndex(text(...changes)).entries;
const parseOne = (change: Change): InventoryEntry => parse(change)[0]!;

const minutes = (hours: number, statistic: string, startHour = hours) => ({
  statistic,
  startMinutes: startHour * 60,
  endMinutes: hours * 60,
});

Deno.test("parseEcmwfIndex() reads every part of a line", () => {
  assert.deepEqual(parse({}), [{
    start: 17459800,
    end: 18068846,
    cycle: new Date("2026-07-30T00:00:00Z"),
    element: "TMP",
    level: "2 m above ground",
    time: { statistic: "instant", startMinutes: 360, endMinutes: 360 },
    description: "TMP:2 m above ground:6 hour fcst",
    ensemble: null,
    line: JSON.stringify(LINE),
  }]);
});

Deno.test("parseEcmwfIndex() reads the cycle to the minute", () => {
  assert.equal(parseOne({ date: "20240229", time: "1830" }).cycle.toISOString(), "2024-02-29T18:30:00.000Z");
});

/** Parameters of the surface with their element, level and time at step 6. */
const SURFACE_PARAMETERS = [
  ["2t", "TMP", "2 m above ground", "instant", "6 hour fcst"],
  ["2d", "DPT", "2 m above ground", "instant", "6 hour fcst"],
  ["10u", "UGRD", "10 m above ground", "instant", "6 hour fcst"],
  ["10v", "VGRD", "10 m above ground", "instant", "6 hour fcst"],
  ["10fg", "GUST", "10 m above ground", "maximum", "6 hour max fcst"],
  ["10fg3", "GUST", "10 m above ground", "maximum", "6 hour max fcst"],
  ["tp", "APCP", "surface", "accumulation", "0-6 hour acc fcst"],
  ["tprate", "PRATE", "surface", "instant", "6 hour fcst"],
  ["ptype", "PTYPE", "surface", "instant", "6 hour fcst"],
  ["sd", "WEASD", "surface", "instant", "6 hour fcst"],
  ["rsn", "SDEN", "surface", "instant", "6 hour fcst"],
  ["msl", "PRMSL", "mean sea level", "instant", "6 hour fcst"],
  ["tcc", "TCDC", "entire atmosphere", "instant", "6 hour fcst"],
  ["mucape", "CAPE", "most unstable parcel", "instant", "6 hour fcst"],
] as const;

for (const [param, element, level, statistic, words] of SURFACE_PARAMETERS) {
  Deno.test(`parseEcmwfIndex() translates ${param} to ${element}:${level}`, () => {
    const entry = parseOne({ param });
    assert.deepEqual([entry.element, entry.level], [element, level]);
    assert.deepEqual(entry.time, minutes(6, statistic, statistic === "instant" ? 6 : 0));
    assert.equal(entry.description, `${element}:${level}:${words}`);
    assert.equal(entry.ensemble, null);
  });
}

Deno.test("parseEcmwfIndex() gives parameters on pressure levels the names of the NCEP inventory", () => {
  const cases = [["gh", "HGT"], ["t", "TMP"], ["r", "RH"], ["u", "UGRD"], ["v", "VGRD"], ["vo", "RELV"]] as const;
  for (const [param, element] of cases) {
    for (const levelist of ["50", "500", "1000"]) {
      const entry = parseOne({ levtype: "pl", levelist, param });
      assert.deepEqual([entry.element, entry.level, entry.time], [element, `${levelist} mb`, minutes(6, "instant")]);
    }
  }
});

Deno.test("parseEcmwfIndex() keeps the name of an unknown parameter, and of one on another kind of level", () => {
  assert.deepEqual(
    parse({ param: "skt" }, { param: "constructor" }, { param: "t" }, { param: "sot", levtype: "sol" })
      .map(({ element, level }) => [element, level]),
    [
      ["skt", "sfc"],
      ["constructor", "sfc"],
      ["t", "sfc"],
      ["sot", "sol"],
    ],
  );
  const entry = parseOne({ param: "q", levtype: "pl", levelist: "700" });
  assert.deepEqual([entry.element, entry.level, entry.time], ["q", "700 mb", minutes(6, "instant")]);
});

Deno.test("parseEcmwfIndex() begins accumulations and maxima at the start of the run", () => {
  assert.deepEqual(parseOne({ param: "tp", step: "144" }).time, minutes(144, "accumulation", 0));
  assert.deepEqual(parseOne({ param: "tp", step: "0" }).time, minutes(0, "accumulation", 0));
  assert.deepEqual(parseOne({ param: "10fg", step: "360" }).time, minutes(360, "maximum", 0));
});

Deno.test("parseEcmwfIndex() reads the analysis as hour 0", () => {
  const entry = parseOne({ step: "0" });
  assert.deepEqual(entry.time, minutes(0, "instant"));
  assert.equal(entry.description, "TMP:2 m above ground:0 hour fcst");
});

Deno.test("parseEcmwfIndex() gives no time for a range of steps", () => {
  for (const step of ["0-24", "24-48", "abc", "6h", "1.0001"]) assert.equal(parseOne({ step }).time, null, step);
  assert.deepEqual(parseOne({ step: "1.5" }).time, { statistic: "instant", startMinutes: 90, endMinutes: 90 });
});

Deno.test("parseEcmwfIndex() reads the part of an ensemble, so that none of them is selected for the deterministic run", () => {
  const lines = [
    { type: "pf", number: "1" },
    { type: "pf", number: "50" },
    { type: "cf" },
    { type: "fc", number: "0" },
    { type: "em" },
    { type: "es" },
    { type: "ep" },
    { type: "pf" },
    { type: "cf", number: "3" },
  ];
  assert.deepEqual(
    parse(...lines).map(({ ensemble }) => ensemble),
    ["member 1", "member 50", "control", "other", "mean", "spread", "other", "other", "other"],
  );
  const selected = selectMessage(parseEcmwfIndex(text(...lines, { _offset: 99 })), instant("TMP", "2 m above ground"), {
    run: runId("20260730_00z"),
    lead: leadOfHours(6),
    url: "x.index",
  });
  assert.equal(selected.start, 99);
});

Deno.test("parseEcmwfIndex() keeps the order of the lines, and the range that each line gives", () => {
  const entries = parse({ _offset: 500, _length: 100 }, { _offset: 0, _length: 500 }, { _offset: 2 ** 40, _length: 1 });
  assert.deepEqual(entries.map(({ start, end }) => [start, end]), [[500, 600], [0, 500], [2 ** 40, 2 ** 40 + 1]]);
});

Deno.test("parseEcmwfIndex() accepts spaces after colons, CR LF and empty lines", () => {
  const spaced = JSON.stringify(LINE).replaceAll('":', '": ').replaceAll(",", ", ");
  assert.equal(parseEcmwfIndex(`${spaced}\r\n\r\n${spaced}\r\n`).entries.length, 2);
  assert.equal(parseEcmwfIndex(`\n${spaced}\n\n`).entries[0]!.line, spaced);
});

Deno.test("parseEcmwfIndex() refuses an empty index", () => {
  for (const empty of ["", "\n", " \r\n\n"]) {
    assert.throws(() => parseEcmwfIndex(empty), /^SyntaxError: it is empty$/);
  }
});

Deno.test("parseEcmwfIndex() reads all complete lines of an index that is cut off anywhere", () => {
  const whole = text({}, { param: "tp" }, { param: "gh", levtype: "pl", levelist: "500" });
  const ends = [...whole.matchAll(/\n/g)].map(({ index }) => index);
  for (let length = ends[0]!; length <= whole.length; length++) {
    const { entries, unreadable } = parseEcmwfIndex(whole.slice(0, length));
    const ended = ends.filter((end) => end <= length).length;
    assert.equal(entries.length, ended, `the first ${length} characters`);
    assert.equal(unreadable.length, ends.includes(length) || ends.includes(length - 1) ? 0 : 1);
  }
});

Deno.test("parseEcmwfIndex() accepts numbers in place of strings, and levels of any form", () => {
  assert.equal(
    parseOne({ step: 6, date: 20260730, time: 0, levelist: 500, levtype: "pl", param: "gh" }).level,
    "500 mb",
  );
  assert.equal(parseOne({ time: 1200 }).cycle.toISOString(), "2026-07-30T12:00:00.000Z");
  assert.equal(parseOne({ levtype: "pl", levelist: "0.5", param: "t" }).level, "0.5 mb");
  assert.equal(parseOne({ levtype: "pl", levelist: "0/7", param: "t" }).level, "0/7 mb");
  assert.equal(parseOne({ levtype: "pl", param: "t" }).level, "unknown mb");
  assert.equal(parseOne({ number: 0 }).ensemble, "other", "a member of an ensemble, even the first one");
});

/** Lines that are no entries of an index, by the reason. */
const BAD_LINES: Readonly<Record<string, string>> = {
  "garbage": "garbage",
  "a page": "<html>404 not found</html>",
  "no object": '["2t"]',
  "null": "null",
  "a line of an NCEP inventory": "1:0:d=2026012917:TMP:surface:anl:",
  "no parameter": JSON.stringify({ ...LINE, param: undefined }),
  "no length": JSON.stringify({ ...LINE, _length: undefined }),
  "an empty message": JSON.stringify({ ...LINE, _length: 0 }),
  "a negative offset": JSON.stringify({ ...LINE, _offset: -1 }),
  "half a byte": JSON.stringify({ ...LINE, _offset: 0.5 }),
  "an offset beyond counting": JSON.stringify({ ...LINE, _offset: 1e300 }),
  "an offset in words": JSON.stringify({ ...LINE, _offset: "0" }),
  "a date with dashes": JSON.stringify({ ...LINE, date: "2026-07-30" }),
  "two lines in one": JSON.stringify(LINE) + JSON.stringify(LINE),
};

for (const [what, line] of Object.entries(BAD_LINES)) {
  Deno.test(`parseEcmwfIndex() skips a line and reports its number when it holds ${what}`, () => {
    const { entries, unreadable } = parseEcmwfIndex(`${text({})}${line}\n${text({})}`);
    assert.equal(entries.length, 2);
    assert.deepEqual(unreadable, [{ lineNumber: 2, text: printable(line, 120) }]);
  });
}

Deno.test("parseEcmwfIndex() refuses an index with more lines than any run has", () => {
  assert.equal(parseEcmwfIndex(text({}).repeat(19_999)).entries.length, 19_999);
  assert.throws(() => parseEcmwfIndex(text({}).repeat(20_001)), /^SyntaxError: it has 20002 lines; at most 20000/);
});

Deno.test("parseEcmwfIndex() gives sane ranges or a SyntaxError for any lines", () => {
  const value = fc.oneof(
    fc.constantFrom("fc", "pf", "sfc", "pl", "2t", "tp", "20260730", "0000", "6", "0-24", ""),
    fc.string({ maxLength: 8 }),
    fc.nat(),
    fc.double(),
    fc.constant(null),
  );
  const change = fc.record(
    Object.fromEntries(Object.keys(LINE).concat("levelist", "number").map((key) => [key, value])),
    { requiredKeys: [] },
  );
  const line = fc.oneof(
    { weight: 3, arbitrary: change.map((change) => JSON.stringify({ ...LINE, ...change })) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.json() },
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
      let entries: readonly InventoryEntry[];
      try {
        ({ entries } = parseEcmwfIndex(lines.join("\n") + "\n"));
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
        return;
      }
      for (const { start, end } of entries) assert.ok(Number.isSafeInteger(start) && start >= 0 && end! > start);
    }),
    { numRuns: 500 },
  );
});

testWithSharedData("parseEcmwfIndex() reads a real index completely", () => {
  const path = requireSharedData("ecmwf/20231201000000-0h-oper-fc.index");
  const inventory = parseEcmwfIndex(Deno.readTextFileSync(path));
  const { entries } = inventory;
  assert.equal(entries.length, 83);
  // Messages follow each other: the end that one line gives is the start of the next one.
  entries.forEach(({ start }, i) => assert.equal(start, i === 0 ? 0 : entries[i - 1]!.end));
  assert.equal(entries.at(-1)!.end, 27_102_505);
  for (const { cycle, ensemble, time } of entries) {
    assert.equal(cycle.toISOString(), "2023-12-01T00:00:00.000Z");
    assert.equal(ensemble, null);
    assert.equal(time!.endMinutes, 0);
  }
  const wanted = [
    ["TMP", "2 m above ground", 13_789_857],
    ["UGRD", "10 m above ground", 12_086_166],
    ["VGRD", "10 m above ground", 13_424_304],
    ["PRMSL", "mean sea level", 4_706_515],
    ["HGT", "500 mb", 6_098_082],
    ["TMP", "500 mb", 8_728_365],
    ["RELV", "500 mb", 17_955_968],
  ] as const;
  for (const [element, level, start] of wanted) {
    const entry = selectMessage(inventory, instant(element, level), {
      run: runId("20231201_00z"),
      lead: leadOfHours(0),
      url: path,
    });
    assert.equal(entry.start, start, `${element}:${level}`);
  }
  const total = entries.find(({ element }) => element === "APCP")!;
  assert.deepEqual([total.level, total.time], ["surface", minutes(0, "accumulation", 0)]);
});
