import { fileURLToPath } from "node:url";
import { ConfigurationError, parseConfiguration, shownSettings } from "../contract/environment.ts";
import { pageManifestSchema } from "../islands/page_manifest.ts";
import { PAGE_URL } from "../contract/urls.ts";
import { Catalogue } from "../server/catalogue.ts";
import { makeBlockCache } from "../server/cog/picture.ts";
import { CatalogueWatcher } from "../server/catalogue_watcher.ts";
import { ContourStore } from "../server/contour_store.ts";
import { FrameStore } from "../server/frame_store.ts";
import { makeLog } from "../server/log.ts";
import { ServerMetrics } from "../server/metrics.ts";
import { StaticFiles } from "../server/static_files.ts";
import { TileService } from "../server/tile/tile_service.ts";
import { makeHandler } from "./handler.ts";

/** The server process: `deno task serve`. */
async function main(): Promise<void> {
  const configuration = parseConfiguration(Deno.env.toObject());
  const log = await makeLog(configuration);
  log.info("started", { deno: Deno.version.deno, v8: Deno.version.v8, settings: shownSettings(Deno.env.toObject()) });
  const catalogue = new Catalogue(configuration.roots, log);
  const watcher = new CatalogueWatcher(catalogue, log);
  const frames = new FrameStore(configuration.roots, catalogue, makeBlockCache(configuration.blockCacheMb));
  const contours = new ContourStore(configuration.roots, frames);
  const tiles = new TileService(frames, {
    cacheMb: configuration.tileCacheMb,
    maxQueued: configuration.maxQueuedTiles,
  });
  const metrics = new ServerMetrics({ catalogue, watcher, frames, tiles });
  const pageFolder = fileURLToPath(new URL("../.twf/page", import.meta.url));
  const page = await StaticFiles.of(pageFolder);
  const pageManifest = pageManifestSchema.parse(JSON.parse(await Deno.readTextFile(`${pageFolder}/manifest.json`)));
  const handler = makeHandler({
    configuration,
    log,
    catalogue,
    watcher,
    frames,
    contours,
    tiles,
    metrics,
    page,
    pageManifest,
  });

  const server = Deno.serve({
    hostname: configuration.host,
    port: configuration.port,
    onListen: ({ hostname, port }) =>
      log.info("listening", { url: `http://${hostname}:${port}${PAGE_URL}`, dataRoot: configuration.roots.data }),
  }, handler);
  const stop = () => {
    watcher.close(); // or open streams would keep the server from ending
    void server.shutdown();
  };
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
  await server.finished;
  Deno.removeSignalListener("SIGTERM", stop);
  Deno.removeSignalListener("SIGINT", stop);
  frames.close();
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`error: ${error.message}\n`));
    Deno.exit(2);
  }
}
