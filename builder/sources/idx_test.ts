import assert from "node:assert/strict";
import type { HeldPart } from "../grib/ensemble.ts";
import fc from "fast-check";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { type IdxEntry, parseFieldTime, parseIdx } from "./idx.ts";

/** Lines of real inventories, with message numbers and offsets as short as the case allows. */
const HRRR_LINES = [
  "1:0:d=2021072701:REFC:entire atmosphere:anl:",
  "2:354859:d=2021072701:RETOP:cloud top:anl:",
  "3:624897:d=2021072701:var discipline=0 center=7 local_table=1 parmcat=16 parm=201:entire atmosphere:anl:",
];

const parseLines = (...lines: string[]): readonly IdxEntry[] => parseIdx(lines.join("\n") + "\n").entries;

const ranges = (entries: readonly IdxEntry[]) => entries.map(({ start, end }) => [start, end]);

/** Checks everything that a reader of ranges relies on. */
function assertSaneRanges(entries: readonly IdxEntry[], name: string): void {
  const greatest = Math.max(...entries.map(({ start }) => start));
  for (const { start, end, line } of entries) {
    assert.ok(Number.isSafeInteger(start) && start >= 0, `${name}: start of "${line}"`);
    if (start === greatest) assert.equal(end, null, `${name}: "${line}" is the last, and its end is not known`);
    else assert.ok(end !== null && Number.isSafeInteger(end) && end > start, `${name}: end of "${line}" is ${end}`);
  }
}

Deno.test("parseIdx() reads every part of a line", () => {
  const [first] = parseLines("71:37534417:d=2026012917:TMP:2 m above ground:1 hour fcst:");
  assert.deepEqual(first, {
    message: 71,
    submessage: null,
    start: 37534417,
    end: null,
    cycle: new Date("2026-01-29T17:00:00Z"),
    element: "TMP",
    level: "2 m above ground",
    time: { statistic: "instant", startMinutes: 60, endMinutes: 60 },
    ensemble: null,
    description: "TMP:2 m above ground:1 hour fcst",
    line: "71:37534417:d=2026012917:TMP:2 m above ground:1 hour fcst:",
  });
});

Deno.test("parseIdx() ends a message where the next begins and leaves the last one open", () => {
  assert.deepEqual(ranges(parseLines(...HRRR_LINES)), [[0, 354859], [354859, 624897], [624897, null]]);
});

Deno.test("parseIdx() keeps an element that is free text", () => {
  const [, , third] = parseLines(...HRRR_LINES);
  assert.equal(third!.element, "var discipline=0 center=7 local_table=1 parmcat=16 parm=201");
  assert.equal(third!.level, "entire atmosphere");
});

Deno.test("parseIdx() gives submessages one range, up to the next greater offset", () => {
  const entries = parseLines(
    "7:900:d=2026080512:PRES:surface:6 hour fcst:",
    "8.1:1252372:d=2026080512:UGRD:10 m above ground:6 hour fcst:",
    "8.2:1252372:d=2026080512:VGRD:10 m above ground:6 hour fcst:",
    "9:1542450:d=2026080512:VRATE:planetary boundary layer:6 hour fcst:",
  );
  assert.deepEqual(ranges(entries), [[900, 1252372], [1252372, 1542450], [1252372, 1542450], [1542450, null]]);
  assert.deepEqual(entries.map(({ message, submessage }) => [message, submessage]), [
    [7, null],
    [8, 1],
    [8, 2],
    [9, null],
  ]);
});

Deno.test("parseIdx() leaves the end of both open when the last lines are submessages", () => {
  const entries = parseLines(
    "1:0:d=2026080512:PRES:surface:anl:",
    "2.1:10:d=2026080512:UGRD:10 m above ground:anl:",
    "2.2:10:d=2026080512:VGRD:10 m above ground:anl:",
  );
  assert.deepEqual(ranges(entries), [[0, 10], [10, null], [10, null]]);
});

Deno.test("parseIdx() takes the next greater offset when lines are not in the order of the bytes", () => {
  const entries = parseLines(
    "1:500:d=2026080512:PRES:surface:anl:",
    "2:0:d=2026080512:TMP:surface:anl:",
    "3:900:d=2026080512:RH:surface:anl:",
  );
  assert.deepEqual(ranges(entries), [[500, 900], [0, 500], [900, null]]);
});

Deno.test("parseIdx() keeps duplicate lines", () => {
  const entries = parseLines(
    "84:100:d=2026012917:APCP:surface:0-1 hour acc fcst:",
    "85:200:d=2026012917:WEASD:surface:0-1 hour acc fcst:",
    "90:300:d=2026012917:APCP:surface:0-1 hour acc fcst:",
  );
  assert.equal(entries.filter(({ element }) => element === "APCP").length, 2);
});

Deno.test("parseIdx() reads the part of an ensemble, and takes probabilities and percentiles for others", () => {
  const parts: readonly (readonly [words: string, part: HeldPart])[] = [
    ["", null],
    ["ENS=+1", "member 1"],
    ["ENS=+30", "member 30"],
    ["ENS=-2", "member -2"],
    ["ENS=low-res ctl", "control"],
    ["ENS=hi-res ctl", "control"],
    ["ens mean", "mean"],
    ["ens spread", "spread"],
    ["ens std dev", "other"],
    ["prob >0.254", "other"],
    ["10% level", "other"],
    ["prob >0.254:prob fcst 1/1", "other"],
  ];
  for (const [words, part] of parts) {
    const line = `1:0:d=2025080100:APCP:surface:0-6 hour acc fcst:${words}`;
    assert.equal(parseLines(line)[0]!.ensemble, part);
    assert.equal(parseLines(line + ":")[0]!.ensemble, part, "with a colon at the end");
  }
});

Deno.test("parseIdx() reads a cycle that is given to the minute", () => {
  const [entry] = parseLines("1:0:d=202601291745:TMP:surface:anl:");
  assert.equal(entry!.cycle.toISOString(), "2026-01-29T17:45:00.000Z");
});

Deno.test("parseIdx() reads lines that end in CR LF and ignores empty ones", () => {
  const { entries } = parseIdx(HRRR_LINES.join("\r\n") + "\r\n\r\n");
  assert.deepEqual(entries.map(({ element }) => element).slice(0, 2), ["REFC", "RETOP"]);
  assert.equal(entries[0]!.ensemble, null);
});

Deno.test("parseIdx() refuses an empty index", () => {
  for (const text of ["", "\n", " \r\n\n"]) assert.throws(() => parseIdx(text), /^SyntaxError: it is empty$/);
});

Deno.test("parseIdx() reads all complete lines of an index that is cut off anywhere", () => {
  const text = HRRR_LINES.join("\n") + "\n";
  for (let length = 1; length < text.length; length++) {
    const cut = text.slice(0, length);
    const ended = HRRR_LINES.filter((_, i) => length >= HRRR_LINES.slice(0, i + 1).join("\n").length).length;
    const half = cut.slice(HRRR_LINES.slice(0, ended).join("\n").length).trim();
    if (ended === 0) {
      assert.throws(() => parseIdx(cut), /^SyntaxError: line 1 cannot be read: "/);
      continue;
    }
    const { entries, unreadable } = parseIdx(cut);
    assert.deepEqual(entries.map(({ line }) => line), HRRR_LINES.slice(0, ended), cut);
    assert.deepEqual(unreadable.map(({ lineNumber }) => lineNumber), half === "" ? [] : [ended + 1], cut);
  }
});

Deno.test("parseIdx() reads a complete last line without its newline", () => {
  const { entries, unreadable } = parseIdx(HRRR_LINES.join("\n"));
  assert.deepEqual([entries.length, unreadable.length], [3, 0]);
});

Deno.test("parseIdx() skips a line that it cannot read and reports its number", () => {
  const bad = [
    "garbage",
    "2:x:d=2021072701:RETOP:cloud top:anl:",
    "2:-5:d=2021072701:RETOP:cloud top:anl:",
    "2:1e5:d=2021072701:RETOP:cloud top:anl:",
    "2:5:d=20210727:RETOP:cloud top:anl:",
    "2:5:d=2021139901:RETOP:cloud top:anl:",
    "2:5:d=2021023101:RETOP:cloud top:anl:",
    "2:5:d=2021022824:RETOP:cloud top:anl:",
    "2:99999999999999999999:d=2021072701:RETOP:cloud top:anl:",
    "2:5:RETOP:cloud top:anl:",
    "2:5:d=2021072701:RETOP",
    "<html>404 not found</html>",
  ];
  for (const line of bad) {
    const { entries, unreadable } = parseIdx([HRRR_LINES[0], line, HRRR_LINES[2], ""].join("\n"));
    assert.deepEqual(entries.map(({ message }) => message), [1, 3], line);
    assert.deepEqual(unreadable, [{ lineNumber: 2, text: line }], line);
  }
});

Deno.test("parseIdx() reads a cycle that is given to the second", () => {
  const [entry] = parseLines("1:0:d=20260129170000:TMP:surface:anl:");
  assert.equal(entry!.cycle.toISOString(), "2026-01-29T17:00:00.000Z");
});

Deno.test("parseIdx() keeps only the printable beginning of a line that it cannot read", () => {
  const { unreadable } = parseIdx(`${HRRR_LINES[0]}\n\u001b[2J${"x".repeat(100_000)}\n`);
  assert.equal(unreadable[0]!.text.length, 120);
  assert.ok(unreadable[0]!.text.startsWith("\ufffd[2Jxx"));
});

Deno.test("parseIdx() refuses an index with more lines than any product has", () => {
  assert.throws(() => parseIdx(`${HRRR_LINES[0]}\n`.repeat(20_001)), /20002 lines; at most 20000 are allowed/);
});

Deno.test("parseIdx() gives sane ranges or a SyntaxError for any lines", () => {
  const word = fc.oneof(fc.constantFrom("TMP", "anl", "", "d=", "1 hour fcst", "NaN"), fc.string({ maxLength: 12 }));
  const number = fc.oneof(fc.nat().map(String), fc.maxSafeNat().map(String), fc.constantFrom("", "-1", "1e9", "0x10"));
  const date = fc.oneof(fc.constant("d=2026012917"), fc.stringMatching(/^d=[0-9]{10,12}$/));
  const line = fc.oneof(
    fc.tuple(number, number, date, word, word, word, word).map((parts) => parts.join(":")),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
      let entries: readonly IdxEntry[];
      try {
        entries = parseLines(...lines);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
        return;
      }
      assertSaneRanges(entries, JSON.stringify(lines));
      for (const { cycle } of entries) assert.ok(Number.isFinite(cycle.getTime()));
    }),
    { numRuns: 500 },
  );
});

Deno.test("parseIdx() gives every message of any well-formed inventory its own range", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(lengths, (lengths) => {
    const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
    const entries = parseLines(...starts.map((start, i) => `${i + 1}:${start}:d=2026012917:TMP:${i} mb:anl:`));
    assert.deepEqual(ranges(entries), starts.map((start, i) => [start, starts[i + 1] ?? null]));
  }));
});

Deno.test("parseIdx() takes time in proportion to the length of a hostile line", () => {
  const started = performance.now();
  for (const part of [":", "1", "1:0:d=2026012917:", "0-", " ", "1."]) {
    const line = part.repeat(200_000);
    try {
      parseLines(line);
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
    }
    parseFieldTime(line);
  }
  assert.ok(performance.now() - started < 2000);
});

Deno.test("parseFieldTime() reads every form of an instant", () => {
  const instant = (minutes: number) => ({ statistic: "instant", startMinutes: minutes, endMinutes: minutes });
  assert.deepEqual(parseFieldTime("anl"), instant(0));
  assert.deepEqual(parseFieldTime("6 hour fcst"), instant(360));
  assert.deepEqual(parseFieldTime("15 min fcst"), instant(15));
  assert.deepEqual(parseFieldTime("495 min fcst"), instant(495));
  assert.deepEqual(parseFieldTime("2 day fcst"), instant(2880));
});

Deno.test("parseFieldTime() reads every form of a window, whole days too", () => {
  const cases = [
    ["0-6 hour acc fcst", "accumulation", 0, 360],
    ["5-6 hour acc fcst", "accumulation", 300, 360],
    ["0-6 hour ave fcst", "average", 0, 360],
    ["5-6 hour max fcst", "maximum", 300, 360],
    ["5-6 hour min fcst", "minimum", 300, 360],
    ["0-1 day acc fcst", "accumulation", 0, 1440],
    ["0-2 day acc fcst", "accumulation", 0, 2880],
    ["480-495 min acc fcst", "accumulation", 480, 495],
    ["0-0 day acc fcst", "accumulation", 0, 0],
    ["0-1 hour ave anl", "average", 0, 60],
  ] as const;
  for (const [text, statistic, startMinutes, endMinutes] of cases) {
    assert.deepEqual(parseFieldTime(text), { statistic, startMinutes, endMinutes }, text);
  }
});

Deno.test("parseFieldTime() returns null for texts that it does not know", () => {
  const others = [
    "",
    "6 hour",
    "6 month fcst",
    "hour fcst",
    "-6 hour fcst",
    "0-6 hour std dev fcst",
    "anl ",
    "6 hours fcst",
  ];
  for (const text of others) assert.equal(parseFieldTime(text), null, text);
});

const REAL_INDEXES = [
  { path: "hrrr/hrrr.20260129.t17z.wrfsfcf00.grib2.idx", lines: 170 },
  { path: "hrrr/hrrr.20260129.t17z.wrfsfcf01.grib2.idx", lines: 170 },
  { path: "hrrr/hrrr.20260129.t17z.wrfsfcf03.grib2.idx", lines: 173 },
  { path: "hrrr/hrrr.20260129.t17z.wrfsfcf06.grib2.idx", lines: 173 },
  { path: "gfs/gfs.20260129.t12z.pgrb2.0p25.f000.idx", lines: 696 },
  { path: "gfs/gfs.20260129.t12z.pgrb2.0p25.f006.idx", lines: 743 },
  { path: "gfs/gfs.20260129.t12z.pgrb2.0p25.f024.idx", lines: 743 },
  { path: "idx-extra/hrrr.t00z.wrfsfcf24.grib2.idx", lines: 173 },
  { path: "idx-extra/nam.20260805.t12z.awphys06.tm00.grib2.idx.excerpt", lines: 43 },
  { path: "idx-extra/rap.t00z.awp130pgrbf00.grib2.idx", lines: 355 },
  { path: "idx-extra/hrrr.t00z.wrfsfcf00.grib2.idx", lines: 170 },
  { path: "idx-extra/hrrr.20221014.t03z.wrfsubhf09.grib2.idx", lines: 196 },
  { path: "idx-extra/gec00.t00z.pgrb2a.0p50.f432.idx", lines: 85 },
  { path: "idx-extra/gfs.t00z.pgrb2.0p25.f007.idx", lines: 743 },
];

testWithSharedData("parseIdx() reads every real inventory completely, with a known time on every line", () => {
  for (const { path, lines } of REAL_INDEXES) {
    const { entries } = parseIdx(Deno.readTextFileSync(requireSharedData(path)));
    assert.equal(entries.length, lines, path);
    assertSaneRanges(entries, path);
    assert.equal(new Set(entries.map(({ cycle }) => cycle.getTime())).size, 1, path);
    for (const { time, line } of entries) assert.ok(time !== null, `${path}: time of "${line}"`);
  }
});

testWithSharedData("parseIdx() gives the real lengths of messages in real inventories", () => {
  // Both messages were cut out of the objects of these inventories, so their sizes are known.
  const cases = [
    { index: "hrrr/hrrr.20260129.t17z.wrfsfcf00.grib2.idx", start: 37534417, message: "f000.tmp2m" },
    { index: "hrrr/hrrr.20260129.t17z.wrfsfcf01.grib2.idx", start: 45366554, message: "f001.tmp2m" },
  ];
  for (const { index, start, message } of cases) {
    const { entries } = parseIdx(Deno.readTextFileSync(requireSharedData(index)));
    const entry = entries.find((entry) => entry.start === start);
    const { size } = Deno.statSync(requireSharedData(`hrrr/hrrr.20260129.t17z.${message}.grib2`));
    assert.equal(entry!.end! - start, size, index);
  }
});

testWithSharedData("parseIdx() finds the winds of the NAM in one message", () => {
  const path = requireSharedData("idx-extra/nam.20260805.t12z.awphys06.tm00.grib2.idx.excerpt");
  const winds = parseIdx(Deno.readTextFileSync(path)).entries.filter(({ message }) => message === 8);
  assert.deepEqual(winds.map(({ element, submessage }) => [element, submessage]), [["UGRD", 1], ["VGRD", 2]]);
  assert.deepEqual(ranges(winds), [[1252372, 1542450], [1252372, 1542450]]);
});
