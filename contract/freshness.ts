import { cycleTime, type RunId } from "./identity.ts";
import type { ModelGeometry } from "./models.ts";

/** Age of a run, and whether its successor should have arrived by now. */
export interface Freshness {
  /** Time since the run's reference time. */
  readonly ageMs: number;
  /** Whether the next run of the model is late, if this one is the latest. */
  readonly isStale: boolean;
}

/** Returns the freshness of a run of a model at an instant. */
export function freshnessOf(
  { staleAfterHours }: Pick<ModelGeometry, "staleAfterHours">,
  run: RunId,
  now: Date,
): Freshness {
  const ageMs = now.getTime() - cycleTime(run).getTime();
  return { ageMs, isStale: ageMs > staleAfterHours * 3_600_000 };
}
