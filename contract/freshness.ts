import { cycleTime, type RunId } from "./identity.ts";
import type { ModelGeometry } from "./models.ts";

/** How old a run is, and whether its successor should be there by now. */
export interface Freshness {
  /** Time since the run's reference time. */
  readonly ageMs: number;
  /** Whether the next run of the model is late, if this one is the latest. */
  readonly isStale: boolean;
}

/** The freshness of a run of a model at an instant. */
export function freshnessOf(
  { staleAfterHours }: Pick<ModelGeometry, "staleAfterHours">,
  run: RunId,
  now: Date,
): Freshness {
  const ageMs = now.getTime() - cycleTime(run).getTime();
  return { ageMs, isStale: ageMs > staleAfterHours * 3_600_000 };
}
