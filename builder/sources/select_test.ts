import assert from "node:assert/strict";
import { leadOfHours, parseLead } from "../../contract/lead.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import type { MessageSelector } from "../grib/message_selector.ts";
import { type IdxEntry, parseIdx } from "./idx.ts";
import { selectMessage } from "./select.ts";
import { SourceError } from "./source_error.ts";
import { runId } from "../../tests/support/identity.ts";

const TMP2M: MessageSelector = { element: "TMP", level: "2 m above ground", statistic: "instant" };
const RUN = runId("20260129_17z");
const URL_OF_INDEX = "http://bucket/x.idx";

const inventory = (...lines: string[]) => parseIdx(lines.map((line, i) => `${i + 1}:${i * 100}:${line}\n`).join(""));

function select(lines: readonly string[], hour: number, selector = TMP2M) {
  return selectMessage(inventory(...lines), selector, { run: RUN, lead: leadOfHours(hour), url: URL_OF_INDEX });
}

function failsWith(failure: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof SourceError, String(error));
    assert.equal(error.failure, failure);
    assert.match(error.message, message);
    return true;
  };
}

Deno.test("selectMessage() takes the quarter of an hour that is asked for, from a file that holds four", () => {
  const lines = ["15", "30", "45", "60"].map((minutes) => `d=2026012917:TMP:2 m above ground:${minutes} min fcst:`);
  for (const [i, text] of ["0m15", "0m30", "0m45", "1"].entries()) {
    const lead = parseLead(text)!;
    assert.equal(selectMessage(inventory(...lines), TMP2M, { run: RUN, lead, url: URL_OF_INDEX }).start, i * 100);
  }
});

Deno.test("selectMessage() takes the message whose element, level, statistic and hour all match", () => {
  const entry = select([
    "d=2026012917:TMP:surface:1 hour fcst:",
    "d=2026012917:DPT:2 m above ground:1 hour fcst:",
    "d=2026012917:TMP:2 m above ground:0-1 hour max fcst:",
    "d=2026012917:TMP:2 m above ground:2 hour fcst:",
    "d=2026012917:TMP:2 m above ground:1 hour fcst:",
    "d=2026012917:TMP:20 m above ground:1 hour fcst:",
  ], 1);
  assert.equal(entry.message, 5);
  assert.deepEqual([entry.start, entry.end], [400, 500]);
});

Deno.test("selectMessage() does not take an average, a maximum or a minimum for a total over the same hour", () => {
  const selector: MessageSelector = { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: 60 };
  const lines = ["ave", "max", "min"].map((word) => `d=2026012917:APCP:surface:0-1 hour ${word} fcst:`);
  assert.throws(() => select(lines, 1, selector), failsWith("missing", /it has "1:0:/));
  assert.equal(select([...lines, "d=2026012917:APCP:surface:0-1 hour acc fcst:"], 1, selector).message, 4);
});

Deno.test("selectMessage() takes the analysis for hour 0 and for no other", () => {
  const lines = ["d=2026012917:TMP:2 m above ground:anl:"];
  assert.equal(select(lines, 0).message, 1);
  assert.throws(() => select(lines, 1), failsWith("missing", /at forecast hour 1/));
});

Deno.test("selectMessage() takes a field whose time is in days", () => {
  assert.equal(select(["d=2026012917:TMP:2 m above ground:1 day fcst:"], 24).message, 1);
});

Deno.test("selectMessage() does not take 495 minutes for hour 8", () => {
  const lines = ["d=2026012917:TMP:2 m above ground:495 min fcst:"];
  assert.throws(() => select(lines, 8), failsWith("missing", /it has "1:0:d=2026012917:TMP:.*:495 min fcst:"/));
  assert.equal(select([...lines, "d=2026012917:TMP:2 m above ground:480 min fcst:"], 8).message, 2);
});

Deno.test("selectMessage() never takes an ensemble, probability or percentile field", () => {
  for (const extra of ["ENS=+1", "ENS=low-res ctl", "prob >273.15", "10% level", "ens std dev"]) {
    const detail = `d=2026012917:TMP:2 m above ground:1 hour fcst:${extra}`;
    assert.throws(() => select([detail], 1), failsWith("missing", /lists no TMP:2 m above ground/));
    assert.equal(select([detail, "d=2026012917:TMP:2 m above ground:1 hour fcst:"], 1).message, 2);
  }
});

Deno.test("selectMessage() never takes a field whose time it cannot read", () => {
  assert.throws(
    () => select(["d=2026012917:TMP:2 m above ground:1 fortnight fcst:"], 1),
    failsWith("missing", /fortnight/),
  );
});

Deno.test("selectMessage() takes the first of two equal lines", () => {
  const line = "d=2026012917:TMP:2 m above ground:1 hour fcst:";
  assert.equal(select([line, line], 1).message, 1);
});

Deno.test("selectMessage() refuses an inventory of another cycle", () => {
  assert.throws(
    () => select(["d=2026012916:TMP:2 m above ground:1 hour fcst:"], 1),
    failsWith(
      "bad-answer",
      /^http:\/\/bucket\/x\.idx has no message of run 20260129_17z; it begins with "1:0:d=2026012916:/,
    ),
  );
});

Deno.test("selectMessage() ignores lines of another cycle", () => {
  const other = "d=2026012817:TMP:2 m above ground:1 hour fcst:";
  assert.equal(select([other, "d=2026012917:TMP:2 m above ground:1 hour fcst:"], 1).message, 2);
  assert.throws(
    () => select([other, "d=2026012917:RH:surface:1 hour fcst:"], 1),
    failsWith("missing", /none of its 1/),
  );
});

Deno.test("selectMessage() reports unreadable lines when the readable ones lack the message", () => {
  const lines = ["d=2026012917:RH:surface:1 hour fcst:", "d=2026012917:TMP 2 m above ground"];
  const words = /; unreadable lines: 1, the first is line 2: "2:100:d=2026012917:TMP 2 m above ground"$/;
  assert.throws(() => select(lines, 1), failsWith("missing", words));
});

Deno.test("selectMessage() lists the available hours when the wanted one is missing", () => {
  const lines = [2, 3, 4, 5].map((hour) => `d=2026012917:TMP:2 m above ground:${hour} hour fcst:`);
  assert.throws(() => select(lines, 1), (error: unknown) => {
    assert.ok(error instanceof SourceError);
    assert.ok(
      error.message.startsWith(`${URL_OF_INDEX} lists no TMP:2 m above ground at forecast hour 1: it has "1:0:`),
    );
    assert.match(error.message, /:2 hour fcst:", "2:100:.*:3 hour fcst:", "3:200:.*:4 hour fcst:"$/);
    assert.doesNotMatch(error.message, /5 hour fcst/, "three are enough to see the pattern");
    return true;
  });
});

Deno.test("selectMessage() reports the number of messages when none has the element", () => {
  const lines = ["d=2026012917:RH:surface:1 hour fcst:", "d=2026012917:TMP:surface:1 hour fcst:"];
  assert.throws(() => select(lines, 1), failsWith("missing", /none of its 2 messages has that element and level$/));
});

testWithSharedData("selectMessage() finds 2 m temperature in real HRRR inventories", () => {
  const cases = [
    { hour: 0, start: 37534417, end: 38742189, time: "anl" },
    { hour: 1, start: 45366554, end: 46561013, time: "1 hour fcst" },
    { hour: 3, start: 46103335, end: 47294306, time: "3 hour fcst" },
    { hour: 6, start: 47315911, end: 48554986, time: "6 hour fcst" },
  ];
  for (const { hour, start, end, time } of cases) {
    const name = `hrrr/hrrr.20260129.t17z.wrfsfcf${String(hour).padStart(2, "0")}.grib2.idx`;
    const entries = parseIdx(Deno.readTextFileSync(requireSharedData(name)));
    const entry: IdxEntry = selectMessage(entries, TMP2M, { run: RUN, lead: leadOfHours(hour), url: name });
    assert.deepEqual([entry.message, entry.start, entry.end], [71, start, end], name);
    assert.equal(entry.line, `71:${start}:d=2026012917:TMP:2 m above ground:${time}:`);
  }
});

testWithSharedData("selectMessage() finds whole hours only in a real sub-hourly inventory", () => {
  const path = requireSharedData("idx-extra/hrrr.20221014.t03z.wrfsubhf09.grib2.idx");
  const entries = parseIdx(Deno.readTextFileSync(path));
  const ask = (hour: number) => () =>
    selectMessage(entries, TMP2M, { run: runId("20221014_03z"), lead: leadOfHours(hour), url: path });
  assert.equal(ask(9)().time!.endMinutes, 540);
  assert.throws(ask(8), failsWith("missing", /495 min fcst/));
});

testWithSharedData("selectMessage() finds nothing in a real ensemble member", () => {
  const path = requireSharedData("idx-extra/gec00.t00z.pgrb2a.0p50.f432.idx");
  const entries = parseIdx(Deno.readTextFileSync(path));
  const context = { run: runId("20250801_00z"), lead: leadOfHours(432), url: path };
  assert.throws(() => selectMessage(entries, TMP2M, context), failsWith("missing", /ENS=low-res ctl/));
  const control = selectMessage(entries, { ...TMP2M, ensemble: "control" }, context);
  assert.match(control.line, /:TMP:2 m above ground:432 hour fcst:ENS=low-res ctl$/);
});

Deno.test("selectMessage() takes the wanted part of an ensemble, and no other", () => {
  const parts = ["", "ENS=low-res ctl", "ENS=+1", "ENS=+10", "ens mean", "ens spread"];
  const { entries, unreadable } = parseIdx(
    parts.map((words, i) => `${i + 1}:${i * 100}:d=2026012917:TMP:2 m above ground:1 hour fcst:${words}`).join("\n"),
  );
  const context = { run: runId("20260129_17z"), lead: leadOfHours(1), url: "u" };
  const wanted = [undefined, "control", "member 1", "member 10", "mean", "spread"] as const;
  wanted.forEach((ensemble, i) => {
    const selector = ensemble === undefined ? TMP2M : { ...TMP2M, ensemble };
    assert.equal(selectMessage({ entries, unreadable }, selector, context).message, i + 1);
  });
  assert.throws(
    () => selectMessage({ entries, unreadable }, { ...TMP2M, ensemble: "member 2" }, context),
    failsWith("missing", /lists no TMP:2 m above ground:ensemble member 2/),
  );
});
