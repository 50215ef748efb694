import assert from "node:assert/strict";
import { leadFields, leadOfHours, leadText } from "../../../contract/lead.ts";
import { modelGeometry } from "../../../contract/models.ts";
import { OwsError } from "./exception_report.ts";
import { frameOf, type LayerRun, timesOf, type WmtsLayer } from "./layers.ts";
import { runId, varId } from "../../../tests/support/identity.ts";

function layerRun(run: string, referenceTime: string, hours: readonly number[]): LayerRun {
  const begin = Date.parse(referenceTime);
  const frames = hours.map((hour) => ({
    ...leadFields(leadOfHours(hour)),
    valid_time: new Date(begin + hour * 3_600_000).toISOString().replace(".000", ""),
  }));
  return { run: runId(run), referenceTime, frames };
}

const OLDER = layerRun("20260217_06z", "2026-02-17T06:00:00Z", [0, 1, 2]);
const NEWER = layerRun("20260217_07z", "2026-02-17T07:00:00Z", [1, 2, 3]);
const LAYER: WmtsLayer = {
  model: modelGeometry("hrrr")!,
  variable: varId("tmp2m"),
  title: "HRRR 2 m temperature",
  isSynthetic: false,
  runs: [NEWER, OLDER],
  defaultRun: OLDER,
};

function found(referenceTime: string, time: string, now = "2026-02-17T00:00:00Z"): string {
  const value = (text: string) => text === "default" || text === "current" ? text : new Date(text);
  const { run, lead } = frameOf(LAYER, { referenceTime: value(referenceTime), time: value(time), now: new Date(now) });
  return `${run} ${leadText(lead)}`;
}

Deno.test("frameOf() takes the default run, and at a time that it lacks the newest run that has it", () => {
  assert.equal(found("default", "default"), "20260217_06z 0");
  assert.equal(found("default", "2026-02-17T08:00:00Z"), "20260217_06z 2");
  assert.equal(found("default", "2026-02-17T10:00:00Z"), "20260217_07z 3");
  assert.throws(() => found("default", "2026-02-17T11:00:00Z"), OwsError);
});

Deno.test("frameOf() takes the default time of a named run, or its first time", () => {
  assert.equal(found("2026-02-17T06:00:00Z", "default"), "20260217_06z 0");
  assert.equal(found("2026-02-17T07:00:00Z", "default"), "20260217_07z 1");
  assert.throws(() => found("2026-02-17T07:00:00Z", "2026-02-17T06:00:00Z"), OwsError);
  assert.throws(() => found("2026-02-17T05:00:00Z", "default"), OwsError);
});

Deno.test("frameOf() takes the frame nearest to now for the current time", () => {
  assert.equal(found("default", "current"), "20260217_06z 0");
  assert.equal(found("default", "current", "2026-02-17T07:20:00Z"), "20260217_06z 1");
  assert.equal(found("default", "current", "2026-02-18T00:00:00Z"), "20260217_06z 2");
});

Deno.test("timesOf() returns the times of all runs, each once, in ascending order", () => {
  assert.deepEqual(timesOf(LAYER).map((time) => time.slice(11, 13)), ["06", "07", "08", "09", "10"]);
});
