import type { PageManifest } from "../islands/page_manifest.ts";
import type { Configuration } from "../contract/environment.ts";
import type { Catalogue } from "../server/catalogue.ts";
import type { CatalogueWatcher } from "../server/catalogue_watcher.ts";
import type { ContourStore } from "../server/contour_store.ts";
import type { DamageLog } from "../server/damage_log.ts";
import type { FrameStore } from "../server/frame_store.ts";
import type { LegendPictures } from "../server/legend/legend_png.ts";
import type { ClientLimits } from "./client_limits.ts";
import type { Hosts } from "./host.ts";
import type { Proxies } from "./proxies.ts";
import type { Log } from "../server/log.ts";
import type { ServerMetrics } from "../server/metrics.ts";
import type { StaticFiles } from "../server/static_files.ts";
import type { DrawPool } from "../server/tile/draw_pool.ts";
import type { PrefetchPolicy } from "../server/tile/prefetch_policy.ts";
import type { RedisTiles } from "../server/tile/redis_tiles.ts";
import type { TileService } from "../server/tile/tile_service.ts";

/** The services that the handlers share. */
export interface ServerContext {
  readonly configuration: Configuration;
  readonly log: Log;
  /** The proxies whose headers about their clients are trusted. */
  readonly proxies: Proxies;
  /** The host names that the server answers to. */
  readonly hosts: Hosts;
  readonly catalogue: Catalogue;
  /** Sends an event for each change of the catalogue. */
  readonly watcher: CatalogueWatcher;
  readonly frames: FrameStore;
  readonly contours: ContourStore;
  readonly legends: LegendPictures;
  /** Threads that draw tiles. The owner disposes of them at the end. */
  readonly pool: DrawPool;
  /** The second tier of the tile cache, if configured. The owner closes the connection at the end. */
  readonly redis: RedisTiles | null;
  readonly tiles: TileService;
  /** Rate limits of the clients. */
  readonly limits: ClientLimits;
  /** Log of published files that were found damaged. */
  readonly damages: DamageLog;
  /** Null when prefetching is off. */
  readonly prefetch: PrefetchPolicy | null;
  readonly metrics: ServerMetrics;
  /** The built page: scripts, styles, basemap. */
  readonly page: StaticFiles;
  readonly pageManifest: PageManifest;
}
