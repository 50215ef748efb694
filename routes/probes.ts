import { Hono } from "hono";
import { cycleTime, isoSeconds } from "../contract/identity.ts";
import { knownModels } from "../contract/models.ts";
import { NEVER } from "../server/http/cache_control.ts";
import type { ServerContext } from "./context.ts";

/** For those who watch the service: is the process alive, can it show a map, how fresh is each model. */
export function probeRoutes({ catalogue }: ServerContext): Hono {
  const routes = new Hono();
  const json = (value: unknown, status = 200) => Response.json(value, { status, headers: { "cache-control": NEVER } });

  async function health() {
    const models = await Promise.all(
      knownModels().map(async ({ id }) => {
        const runs = await catalogue.runs(id);
        const latest = await catalogue.latest(id);
        const ageHours = latest === null ? null : (Date.now() - cycleTime(latest).getTime()) / 3_600_000;
        return {
          id,
          runs: runs.length,
          latest_run: latest,
          latest_cycle_utc: latest && isoSeconds(cycleTime(latest)),
          latest_age_hours: ageHours && Math.round(ageHours * 10) / 10,
        };
      }),
    );
    return models.filter(({ runs }) => runs > 0);
  }

  routes.get("/livez", () => json({ status: "alive" }));

  routes.get("/readyz", async () => {
    const models = await health();
    return models.length > 0
      ? json({ status: "ready" })
      : json({ status: "not ready", reason: "no run is published" }, 503);
  });

  routes.get("/health", async () => json({ status: "alive", models: await health() }));

  return routes;
}
