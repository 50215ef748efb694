import { Hono } from "hono";
import { cors } from "hono/cors";
import { problem, problemFor, statusOf } from "../server/http/problem.ts";
import { assetRoutes } from "./assets.ts";
import type { ServerContext } from "./context.ts";
import { cogRoutes } from "./cogs.ts";
import { contourRoutes } from "./contours.ts";
import { discoveryRoutes } from "./discovery.ts";
import { eventRoutes } from "./events.ts";
import { metricsRoutes, routeFamily } from "./metrics.ts";
import { openApiRoutes } from "./openapi.tsx";
import { pageRoutes } from "./models_v3.tsx";
import { probeRoutes } from "./probes.ts";
import { regionRoutes } from "./regions.ts";
import { sampleRoutes } from "./sample.ts";
import { tileRoutes } from "./tiles.ts";
import { wmtsRoutes } from "./wmts.ts";

const READ_METHODS = ["GET", "HEAD"];
/** Where a question may be too long for a URL. */
const POST_PATHS = ["/api/v3/sample"];

/** The whole route table. HEAD is answered as GET without its body. */
export function makeApp(context: ServerContext): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    c.res.headers.set("x-content-type-options", "nosniff");
    context.metrics.request(routeFamily(c.req.path), c.res.status, performance.now() - started);
  });

  // Everybody may read, from any page; there are no cookies and nothing to be changed.
  app.use(cors({ origin: "*", allowMethods: [...READ_METHODS, "POST"], maxAge: 86_400 }));

  app.use(async (c, next) => {
    const methods = POST_PATHS.includes(c.req.path) ? [...READ_METHODS, "POST"] : READ_METHODS;
    if (!methods.includes(c.req.method)) {
      const allow = methods.join(", ");
      return problem(405, `${c.req.method} is not possible here: use ${allow}`, {}, { allow });
    }
    await next();
    return;
  });

  app.route("/", tileRoutes(context));
  app.route("/", cogRoutes(context));
  app.route("/", sampleRoutes(context));
  app.route("/", eventRoutes(context));
  app.route("/", contourRoutes(context));
  app.route("/", openApiRoutes());
  app.route("/", discoveryRoutes(context));
  app.route("/", regionRoutes());
  app.route("/", pageRoutes(context));
  app.route("/", assetRoutes(context));
  app.route("/", wmtsRoutes(context));
  app.route("/", probeRoutes(context));
  app.route("/", metricsRoutes(context));

  app.notFound((c) => problem(404, `There is nothing at ${c.req.path}`));
  app.onError((error, c) => {
    if (statusOf(error) >= 500) {
      context.log.error("request failed", { url: c.req.url, error: error.stack ?? String(error) });
    }
    return problemFor(error);
  });
  return app;
}
