import { fileURLToPath } from "node:url";
import type { Configuration } from "../contract/environment.ts";
import { pageManifestSchema } from "../islands/page_manifest.ts";
import { Catalogue } from "../server/catalogue.ts";
import { CatalogueWatcher, type PollTimer } from "../server/catalogue_watcher.ts";
import { makeBlockCache } from "../server/cog/block_cache.ts";
import { ContourStore } from "../server/contour_store.ts";
import { DamageLog } from "../server/damage_log.ts";
import { FrameStore } from "../server/frame_store.ts";
import { LegendPictures } from "../server/legend/legend_png.ts";
import type { Log } from "../server/log.ts";
import { ServerMetrics } from "../server/metrics.ts";
import { StaticFiles } from "../server/static_files.ts";
import { DrawPool } from "../server/tile/draw_pool.ts";
import { PrefetchPolicy } from "../server/tile/prefetch_policy.ts";
import { RedisTiles } from "../server/tile/redis_tiles.ts";
import { TileService } from "../server/tile/tile_service.ts";
import type { ServerContext } from "./context.ts";
import { ClientLimits } from "./client_limits.ts";
import { Hosts } from "./host.ts";
import { Proxies } from "./proxies.ts";

/** Default limit on drawing threads. Each takes about 60 MB; a machine with more cores and memory can set more. */
const MAX_USUAL_THREADS = 4;

/** Share of the block cache for values: they are read in row groups of four rows, which are small. */
const VALUE_SHARE = 1 / 4;

/** Limit on waiting prefetches: about one second of drawing. */
const MAX_PREFETCHES = 1000;

/** The page's build is missing or incomplete. */
export class PageNotBuiltError extends Error {
  override readonly name = "PageNotBuiltError";
}

async function readPage(folder: string) {
  try {
    const page = await StaticFiles.of(folder);
    const manifest = await Deno.readTextFile(`${folder}/manifest.json`);
    return { page, pageManifest: pageManifestSchema.parse(JSON.parse(manifest)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PageNotBuiltError(`The page cannot be read: run ./twf build-page (${reason})`, { cause });
  }
}

/** The time by which the catalogue is read again; tests replace it. */
export interface CatalogueTime {
  /** Current time in ms. */
  readonly now?: () => number;
  readonly pollTimer?: PollTimer;
}

/** Creates everything that handlers share, from a configuration. @throws PageNotBuiltError */
export async function makeContext(
  configuration: Configuration,
  log: Log,
  { now, pollTimer }: CatalogueTime = {},
): Promise<ServerContext> {
  const { roots, blockCacheMb, tileCacheMb, maxQueuedTiles } = configuration;
  const threads = configuration.drawThreads || Math.min(navigator.hardwareConcurrency, MAX_USUAL_THREADS);
  const valueCacheMb = blockCacheMb * VALUE_SHARE;
  const proxies = new Proxies(configuration.trustedProxies);
  const catalogue = new Catalogue(roots, log, now);
  const watcher = new CatalogueWatcher(catalogue, log, pollTimer);
  const frames = new FrameStore(roots, catalogue, makeBlockCache(valueCacheMb));
  const contours = new ContourStore(roots, frames);
  const pool = new DrawPool(
    { threads, blockCacheMb: blockCacheMb - valueCacheMb, maxQueued: maxQueuedTiles, maxPrefetches: MAX_PREFETCHES },
    log,
  );
  const redis = configuration.redisUrl === null ? null : RedisTiles.connect(configuration.redisUrl, log);
  const tiles = new TileService(frames, pool, redis, tileCacheMb);
  const { rings, hours } = configuration.prefetch;
  const prefetch = rings + hours > 0 ? new PrefetchPolicy(tiles, catalogue, log, { rings, hours }) : null;
  const damages = new DamageLog(log);
  const metrics = new ServerMetrics({ catalogue, damages, watcher, frames, pool, tiles, redis });
  const pageFolder = fileURLToPath(new URL("../.twf/page", import.meta.url));
  const { page, pageManifest } = await readPage(pageFolder);
  return {
    configuration,
    log,
    proxies,
    hosts: new Hosts(configuration.publicUrls, proxies),
    catalogue,
    watcher,
    frames,
    contours,
    legends: new LegendPictures(),
    pool,
    redis,
    tiles,
    limits: new ClientLimits(configuration.samplesPerSecond, proxies),
    damages,
    prefetch,
    metrics,
    page,
    pageManifest,
  };
}
