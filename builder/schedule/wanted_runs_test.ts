import assert from "node:assert/strict";
import { leadOfHours } from "../../contract/lead.ts";
import { ecmwf } from "../models/ecmwf.ts";
import { hrrr } from "../models/hrrr.ts";
import { rrfs } from "../models/rrfs.ts";
import { usualArrival, wantedRuns } from "./wanted_runs.ts";
import { runId } from "../../tests/support/identity.ts";

const at = (time: string) => new Date(`2026-02-17T${time}:00Z`);
const NORMAL = { backfill: 0, keepRuns: 2 };

Deno.test("wantedRuns() begins with the newest cycle that may have its first file", () => {
  assert.equal(wantedRuns(hrrr, at("06:39"), NORMAL)[0], "20260217_05z");
  assert.equal(wantedRuns(hrrr, at("06:40"), NORMAL)[0], "20260217_06z");
  assert.equal(wantedRuns(ecmwf, at("07:23"), NORMAL)[0], "20260216_18z");
  assert.equal(wantedRuns(ecmwf, at("07:24"), NORMAL)[0], "20260217_00z");
  // At 13 and 14 UTC RRFS has no hourly files.
  assert.equal(wantedRuns(rrfs, at("15:50"), NORMAL)[0], "20260217_12z");
});

Deno.test("wantedRuns() includes previous runs whose files may still appear, up to the number of runs that are kept", () => {
  assert.deepEqual(wantedRuns(hrrr, at("02:10"), NORMAL), ["20260217_01z", "20260217_00z"]);
  assert.deepEqual(wantedRuns(hrrr, at("02:10"), { backfill: 0, keepRuns: 3 }), [
    "20260217_01z",
    "20260217_00z",
    "20260216_23z",
  ]);
  // Four hours after the time of its last file, a run is no longer waited for.
  assert.deepEqual(wantedRuns(ecmwf, at("18:00"), NORMAL), ["20260217_06z"]);
});

Deno.test("wantedRuns() goes further back to catch up", () => {
  const runs = wantedRuns(hrrr, at("12:00"), { backfill: 5, keepRuns: 2 });
  assert.deepEqual(runs, [11, 10, 9, 8, 7, 6].map((hour) => `20260217_${String(hour).padStart(2, "0")}z`));
  assert.equal(wantedRuns(ecmwf, at("12:00"), { backfill: 3, keepRuns: 2 }).length, 4);
});

Deno.test("usualArrival() spreads a run's hours between its first and last file", () => {
  const run = runId("20260217_06z");
  assert.equal(usualArrival(hrrr, run, leadOfHours(0)).toISOString(), "2026-02-17T06:50:00.000Z");
  assert.equal(usualArrival(hrrr, run, leadOfHours(48)).toISOString(), "2026-02-17T08:00:00.000Z");
  assert.equal(usualArrival(hrrr, run, leadOfHours(24)).toISOString(), "2026-02-17T07:25:00.000Z");
});
