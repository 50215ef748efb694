import type { RunId } from "../../contract/identity.ts";
import { cycleOf, type Model, runLeads } from "../models/model.ts";
import { UsageError } from "./usage_error.ts";

/** Returns a run after checking that the model has hourly files of it. @throws UsageError naming the existing cycles */
export function requireCycle(model: Model, run: RunId): RunId {
  if (runLeads(model, run).length > 0) return run;
  const hours = model.cycles.filter(({ leads }) => leads.length > 0).flatMap(({ utcHours }) => utcHours);
  const what = cycleOf(model, run) ? "no hourly files of this cycle" : "no cycle at this hour";
  throw new UsageError(
    `--run ${run}: ${model.id} has ${what}; those with hourly files are at ${
      hours.sort((a, b) => a - b).join(", ")
    } UTC`,
  );
}
