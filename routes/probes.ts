import { Hono } from "hono";
import { freshnessOf } from "../contract/freshness.ts";
import { cycleTime, isoSeconds } from "../contract/identity.ts";
import { knownModels } from "../contract/models.ts";
import { NEVER } from "../server/http/cache_control.ts";
import type { ServerContext } from "./context.ts";

/** Routes for monitoring: whether the process is alive, whether it can show a map, how fresh each model is. */
export function probeRoutes({ catalogue }: ServerContext): Hono {
  const routes = new Hono();
  const json = (value: unknown, status = 200) => Response.json(value, { status, headers: { "cache-control": NEVER } });

  async function modelStates() {
    const models = await Promise.all(
      knownModels().map(async (model) => {
        const { id, staleAfterHours } = model;
        const runs = await catalogue.runs(id);
        const latest = await catalogue.latest(id);
        const freshness = latest && freshnessOf(model, latest, new Date());
        return {
          id,
          runs: runs.length,
          latest_run: latest,
          latest_cycle_utc: latest && isoSeconds(cycleTime(latest)),
          latest_age_hours: freshness && Math.round(freshness.ageMs / 360_000) / 10,
          stale_after_hours: staleAfterHours,
          fresh: freshness !== null && !freshness.isStale,
        };
      }),
    );
    return models.filter(({ runs }) => runs > 0);
  }

  /** The reason that no map can be shown, or null. */
  async function whyNotReady(): Promise<string | null> {
    try {
      await catalogue.requireReadable();
    } catch (error) {
      return (error as Error).message;
    }
    return (await modelStates()).length > 0 ? null : "no run is published";
  }

  routes.get("/livez", () => json({ status: "alive" }));

  routes.get("/readyz", async () => {
    const reason = await whyNotReady();
    return reason === null ? json({ status: "ready" }) : json({ status: "not ready", reason }, 503);
  });

  // Always answers 200: this route is for people and dashboards. /readyz decides about traffic.
  routes.get("/health", async () => {
    const reason = await whyNotReady();
    const damaged = await catalogue.damages();
    if (reason !== null) return json({ status: "not ready", reason, models: [], damaged });
    const models = await modelStates();
    return json({ status: models.every(({ fresh }) => fresh) ? "fresh" : "stale", models, damaged });
  });

  return routes;
}
