import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import { problem, problemFor } from "../server/http/problem.ts";
import { assetRoutes } from "./assets.ts";
import type { ServerContext } from "./context.ts";
import { cogFolderRoutes } from "./cog_folders.ts";
import { cogRoutes } from "./cogs.ts";
import { contourRoutes } from "./contours.ts";
import { discoveryRoutes } from "./discovery.ts";
import { eventRoutes } from "./events.ts";
import { landingRoutes } from "./landing.ts";
import { legendRoutes } from "./legends.ts";
import { metricsRoutes } from "./metrics.ts";
import { openApiRoutes } from "./openapi.tsx";
import { pageRoutes } from "./models_v3.tsx";
import { noteFailure } from "./note_failure.ts";
import { probeRoutes } from "./probes.ts";
import { regionRoutes } from "./regions.ts";
import { resetRoutes } from "./reset.ts";
import { sampleRoutes } from "./sample.ts";
import { tileRoutes } from "./tiles.ts";
import { wmtsRoutes } from "./wmts.ts";

/** Builds the whole route table. HEAD is answered like GET, without the body. */
export function makeApp(context: ServerContext): Hono {
  const app = new Hono({ getPath: (request) => context.hosts.ownPath(getPath(request)) });

  app.route("/", tileRoutes(context));
  app.route("/", cogRoutes(context));
  app.route("/", cogFolderRoutes(context));
  app.route("/", sampleRoutes(context));
  app.route("/", eventRoutes(context));
  app.route("/", contourRoutes(context));
  app.route("/", legendRoutes(context));
  app.route("/", openApiRoutes(context));
  app.route("/", discoveryRoutes(context));
  app.route("/", regionRoutes());
  app.route("/", pageRoutes(context));
  app.route("/", landingRoutes(context));
  app.route("/", assetRoutes(context));
  app.route("/", wmtsRoutes(context));
  app.route("/", probeRoutes(context));
  app.route("/", metricsRoutes(context));
  app.route("/", resetRoutes(context));

  app.notFound((c) => problem(404, `There is nothing at ${c.req.path}`));
  app.onError((error, c) => {
    noteFailure(context, c.req.url, error);
    return problemFor(error);
  });
  return app;
}
