import { cycleTime } from "../../contract/identity.ts";
import type { Model } from "../models/model.ts";
import type { ArrivalHistory, ArrivedFile } from "./arrival_history.ts";
import { usualArrival } from "./wanted_runs.ts";

/** The time at which a file is expected upstream. */
export interface Arrival {
  readonly at: Date;
  /** Distance from `at` that most runs keep within, in ms; null when the time is that of the model's table. */
  readonly spreadMs: number | null;
}

/** Returns when a file is expected: as in the last runs, or by the model's table when too few of them are known. */
export function expectedArrival(model: Model, file: ArrivedFile, history: ArrivalHistory): Arrival {
  const usual = history.usualDelay(file);
  if (usual === null) return { at: usualArrival(model, file.run, file.lead), spreadMs: null };
  return {
    at: new Date(cycleTime(file.run).getTime() + usual.delayS * 1000),
    spreadMs: usual.spreadS * 1000,
  };
}
