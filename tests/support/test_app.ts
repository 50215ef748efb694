import { fileURLToPath } from "node:url";
import { parseConfiguration } from "../../contract/environment.ts";
import { pageManifestSchema } from "../../islands/page_manifest.ts";
import { makeHandler } from "../../routes/handler.ts";
import { Catalogue } from "../../server/catalogue.ts";
import { makeBlockCache } from "../../server/cog/picture.ts";
import { CatalogueWatcher } from "../../server/catalogue_watcher.ts";
import { ContourStore } from "../../server/contour_store.ts";
import { FrameStore } from "../../server/frame_store.ts";
import { getLogger } from "@logtape/logtape";
import { ServerMetrics } from "../../server/metrics.ts";
import { StaticFiles } from "../../server/static_files.ts";
import { TileService } from "../../server/tile/tile_service.ts";

export interface TestApp extends Disposable {
  readonly watcher: CatalogueWatcher;
  /** Answers a request for a path, without a socket. */
  get(path: string, headers?: HeadersInit): Promise<Response>;
  fetch(request: Request): Promise<Response>;
}

/** The server's application over a data root. */
export async function testApp(dataRoot: string, environment: Record<string, string> = {}): Promise<TestApp> {
  const configuration = parseConfiguration({ TWF_V3_DATA_ROOT: dataRoot, ...environment });
  const log = getLogger("test");
  const catalogue = new Catalogue(configuration.roots, log);
  const watcher = new CatalogueWatcher(catalogue, log);
  const frames = new FrameStore(configuration.roots, catalogue, makeBlockCache(configuration.blockCacheMb));
  const contours = new ContourStore(configuration.roots, frames);
  const tiles = new TileService(frames, {
    cacheMb: configuration.tileCacheMb,
    maxQueued: configuration.maxQueuedTiles,
  });
  const metrics = new ServerMetrics({ catalogue, watcher, frames, tiles });
  const pageFolder = fileURLToPath(new URL("../../.twf/page", import.meta.url));
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
  return {
    watcher,
    get: (path, headers = {}) => handler(new Request(`http://localhost${path}`, { headers })),
    fetch: handler,
    [Symbol.dispose]: () => {
      watcher.close();
      frames.close();
    },
  };
}
