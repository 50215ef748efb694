import assert from "node:assert/strict";
import { nearestName } from "./nearest_name.ts";

Deno.test("nearestName() finds the name that a misspelt one stands for", () => {
  const names = ["PORT", "HOST", "DATA_ROOT", "KEEP_RUNS"];
  for (
    const [misspelt, meant] of [["PROT", "PORT"], ["HOSTS", "HOST"], ["DATAROOT", "DATA_ROOT"], [
      "KEEP_RUN",
      "KEEP_RUNS",
    ]]
  ) {
    assert.equal(nearestName(misspelt!, names), meant);
  }
});
