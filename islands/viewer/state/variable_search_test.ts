import assert from "node:assert/strict";
import { isMeant, type Searched } from "./variable_search.ts";

const PRECIPITATION: Searched = {
  id: "apcp_run",
  name: "Precipitation since the start of the run",
  group: "Precipitation",
  units: "in",
};
const PRESSURE: Searched = { id: "prmsl", name: "Mean sea-level pressure", group: "Pressure", units: "mb" };

Deno.test("isMeant() matches by name, group, id and units, with all words in any order", () => {
  for (const search of ["", "precip", "run precip", "APCP", "in", "start of"]) {
    assert.ok(isMeant(PRECIPITATION, search));
  }
  for (const search of ["pressure", "precip pressure", "mb"]) assert.ok(!isMeant(PRECIPITATION, search), search);
});

Deno.test("isMeant() matches readers' own words", () => {
  assert.ok(isMeant(PRECIPITATION, "rain"));
  assert.ok(isMeant(PRECIPITATION, "QPF run"));
  assert.ok(isMeant(PRESSURE, "slp"));
  assert.ok(!isMeant(PRESSURE, "rain"));
  assert.ok(!isMeant(PRESSURE, "constructor"), "no word of JavaScript's");
});
