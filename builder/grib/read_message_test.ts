import assert from "node:assert/strict";
import type { RunId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { gdalTool } from "../../tests/support/gdal_tools.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { wantedMessages } from "../frame/frame_input.ts";
import { gfs } from "../models/gfs.ts";
import { hrrr } from "../models/hrrr.ts";
import { instant, type MessageSelector, selectorName } from "./message_selector.ts";
import { readMessages, whyMissing } from "./read_message.ts";
import { runId } from "../../tests/support/identity.ts";

const RUN = runId("20260129_17z");

/** Real messages with the range that ecCodes reads from them, in the message's unit. */
const MESSAGES: readonly { file: string; selector: MessageSelector; hour: number; min: number; max: number }[] = [
  { file: "f000.tmp2m", selector: instant("TMP", "2 m above ground"), hour: 0, min: 243.742, max: 300.304 },
  { file: "f006.refc", selector: instant("REFC", "entire atmosphere"), hour: 6, min: -10, max: 52.5 },
  {
    file: "f006.apcp",
    selector: { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: "run" },
    hour: 6,
    min: 0,
    max: 24.982,
  },
  {
    file: "f006.apcp",
    selector: { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: 60 },
    hour: 6,
    min: 0,
    max: 10.62,
  },
];

for (const { file, selector, hour, min, max } of MESSAGES) {
  const path = `hrrr/hrrr.20260129.t17z.${file}.grib2`;
  testWithSharedData(`readMessages() finds ${JSON.stringify(selector)} in ${file}, with the values of ecCodes`, () => {
    const [message] = readMessages(requireSharedData(path), [{ selector, run: RUN, lead: leadOfHours(hour) }]);
    const { field } = message!;
    assert.deepEqual([field.width, field.height], [1799, 1059]);
    const lowest = field.values.reduce((a, b) => Math.min(a, b), Infinity);
    const highest = field.values.reduce((a, b) => Math.max(a, b), -Infinity);
    assert.ok(Math.abs(lowest - min) < 1e-3 * Math.max(1, Math.abs(min)), `min ${lowest}`);
    assert.ok(Math.abs(highest - max) < 1e-3 * Math.max(1, Math.abs(max)), `max ${highest}`);
  });
}

testWithSharedData("whyMissing() refuses a message of another window, hour, cycle, statistic or element", () => {
  const apcp = requireSharedData("hrrr/hrrr.20260129.t17z.f006.apcp.grib2");
  const refused = (selector: MessageSelector, run: RunId, hour: number) =>
    assert.match(whyMissing(apcp, [{ selector, run, lead: leadOfHours(hour) }])[0]!, /^Wrong message/);
  refused({ element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: 180 }, RUN, 6);
  refused({ element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: "run" }, RUN, 5);
  refused(
    { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: "run" },
    runId("20260129_16z"),
    7,
  );
  refused(instant("APCP", "surface"), RUN, 6);
  refused(instant("TMP", "2 m above ground"), RUN, 6);
});

/** Real files with all instantaneous messages of HRRR's table: of HRRR itself, or of GFS with the same parameter. */
const SUBSETS = [
  { file: "hrrr/hrrr.20240906.t00z.f000.nomads-subset-104x93.grib2", run: "20240906_00z", hour: 0 },
  { file: "gfs/gfs.20200804.t12z.f006.0p25.nomads-subset-49x33-all.grib2", run: "20200804_12z", hour: 6 },
] as const;

/**
 * Messages that these files do not contain. Cloud cover is an average in them, whose numbers are 0/6/1 on surface 10;
 * the pressure of HRRR's own reduction is NCEP's local 0/3/198.
 */
const NOT_HELD = ["TCDC:entire atmosphere", "MSLMA:mean sea level"];

for (const model of [hrrr, gfs]) {
  testWithSharedData(`whyMissing() finds every instantaneous message of ${model.id}'s table in real files`, () => {
    const selectors = model.variables.flatMap((variable) => wantedMessages(variable, leadOfHours(6)))
      .map(({ selector }) => selector)
      .filter((selector) => selector.statistic === "instant" && !NOT_HELD.includes(selectorName(selector)));
    assert.ok(selectors.length > 20);
    for (const selector of selectors) {
      const found = SUBSETS.filter(({ file, run, hour }) =>
        whyMissing(requireSharedData(file), [{ selector, run: runId(run), lead: leadOfHours(hour) }])[0] === null
      );
      assert.ok(found.length > 0, selectorName(selector));
    }
  });
}

testWithSharedData("readMessages() returns several messages of one file in the order of the request", () => {
  const path = requireSharedData("hrrr/hrrr.20260129.t17z.f006.apcp.grib2");
  const lead = leadOfHours(6);
  const of = (hours: number | "run") => ({
    selector: {
      element: "APCP",
      level: "surface",
      statistic: "accumulation",
      windowMinutes: hours === "run" ? hours : hours * 60,
    } as const,
    run: RUN,
    lead,
  });
  const largest = (hours: readonly (number | "run")[]) =>
    readMessages(path, hours.map(of)).map(({ field }) =>
      Math.round(field.values.reduce((a, b) => Math.max(a, b), 0) * 100)
    );
  assert.deepEqual(largest(["run", 1]), [2498, 1062]);
  assert.deepEqual(largest([1, "run"]), [1062, 2498]);
});

const NAM_FILE = "nam/nam.20180917.t00z.awp211.f000.all.grib2";
const NAM_HOUR = { run: runId("20180917_00z"), lead: leadOfHours(0) };
const NAM_WINDS = (["UGRD", "VGRD"] as const).map((element) => ({
  selector: instant(element, "10 m above ground"),
  ...NAM_HOUR,
}));

testWithSharedData("readMessages() distinguishes two fields of one message, with the values of ecCodes", async () => {
  const path = requireSharedData(NAM_FILE);
  const winds = readMessages(path, NAM_WINDS);
  assert.deepEqual(winds.map(({ name }) => name), ["UGRD:10 m above ground:anl", "VGRD:10 m above ground:anl"]);
  const ofTheirs = ["-w", "typeOfFirstFixedSurface=103,level=10,parameterCategory=2"];
  const lines = (await gdalTool("grib_get", [...ofTheirs, "-p", "parameterNumber,min,max,avg", path])).trim().split(
    "\n",
  );
  assert.equal(lines.length, 2);
  for (const [i, { field, unit, componentsFollowGrid, geometry, isSynthetic }] of winds.entries()) {
    const [number, min, max, mean] = lines[i]!.trim().split(" ").map(Number);
    assert.equal(number, 2 + i);
    assert.deepEqual([field.width, field.height, unit], [93, 65, "m s-1"]);
    const near = (ours: number, theirs: number | undefined) =>
      assert.ok(Math.abs(ours - theirs!) < 1e-4, `${ours}, ecCodes ${theirs}`);
    near(Math.min(...field.values), min);
    near(Math.max(...field.values), max);
    near(field.values.reduce((sum, value) => sum + value, 0) / field.values.length, mean);
    assert.equal(componentsFollowGrid, true);
    assert.equal(isSynthetic, false);
    assert.match(geometry.projection, /\+proj=lcc .*\+lon_0=-95 \+lat_1=25 /);
  }
});

testWithSharedData("readMessages() returns two fields of one message in the order of the request", () => {
  const path = requireSharedData(NAM_FILE);
  const [east, north] = readMessages(path, NAM_WINDS);
  const [second, first, again] = readMessages(path, [NAM_WINDS[1]!, NAM_WINDS[0]!, NAM_WINDS[1]!]);
  assert.deepEqual(first!.field.values, east!.field.values);
  assert.deepEqual(second!.field.values, north!.field.values);
  assert.deepEqual(again!.field.values, north!.field.values);
  assert.notDeepEqual(east!.field.values, north!.field.values);
});

testWithSharedData("readMessages() has row 0 in the north when the message begins in the south", async () => {
  const path = requireSharedData(NAM_FILE);
  const [{ field }] = readMessages(path, NAM_WINDS) as [ReturnType<typeof readMessages>[0]];
  // Lines of "latitude longitude value", from the south-west corner on.
  const points = (await gdalTool("grib_get_data", ["-w", "shortName=10u", path])).trim().split("\n").slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  assert.equal(points.length, 93 * 65);
  assert.ok(points[0]![0] < points.at(-1)![0], "the message begins in the south");
  let worst = 0;
  points.forEach(([, , value], i) => {
    const [row, column] = [64 - Math.floor(i / 93), i % 93];
    worst = Math.max(worst, Math.abs(field.values[row * 93 + column]! - value));
  });
  assert.ok(worst < 1e-4, String(worst));
});
