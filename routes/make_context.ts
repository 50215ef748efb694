import { fileURLToPath } from "node:url";
import type { Configuration } from "../contract/environment.ts";
import { pageManifestSchema } from "../islands/page_manifest.ts";
import { Catalogue } from "../server/catalogue.ts";
import { CatalogueWatcher } from "../server/catalogue_watcher.ts";
import { makeBlockCache } from "../server/cog/picture.ts";
import { ContourStore } from "../server/contour_store.ts";
import { FrameStore } from "../server/frame_store.ts";
import type { Log } from "../server/log.ts";
import { ServerMetrics } from "../server/metrics.ts";
import { StaticFiles } from "../server/static_files.ts";
import { TileService } from "../server/tile/tile_service.ts";
import type { ServerContext } from "./context.ts";

/** Everything that handlers are given, over a configuration. @throws Deno.errors.NotFound when the page is not built */
export async function makeContext(configuration: Configuration, log: Log): Promise<ServerContext> {
  const { roots, blockCacheMb, tileCacheMb, maxQueuedTiles } = configuration;
  const catalogue = new Catalogue(roots, log);
  const watcher = new CatalogueWatcher(catalogue, log);
  const frames = new FrameStore(roots, catalogue, makeBlockCache(blockCacheMb));
  const contours = new ContourStore(roots, frames);
  const tiles = new TileService(frames, { cacheMb: tileCacheMb, maxQueued: maxQueuedTiles });
  const metrics = new ServerMetrics({ catalogue, watcher, frames, tiles });
  const pageFolder = fileURLToPath(new URL("../.twf/page", import.meta.url));
  const page = await StaticFiles.of(pageFolder);
  const pageManifest = pageManifestSchema.parse(JSON.parse(await Deno.readTextFile(`${pageFolder}/manifest.json`)));
  return { configuration, log, catalogue, watcher, frames, contours, tiles, metrics, page, pageManifest };
}
