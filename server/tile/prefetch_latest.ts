import type { ModelId, VarId } from "../../contract/identity.ts";
import { leadOf } from "../../contract/lead.ts";
import { knownModels } from "../../contract/models.ts";
import type { TileId } from "../../contract/tile.ts";
import type { Catalogue } from "../catalogue.ts";
import type { CatalogueWatcher } from "../catalogue_watcher.ts";
import type { Log } from "../log.ts";
import type { TileService } from "./tile_service.ts";

/** Share of the cache that prefetching may fill; the rest is left to requested tiles. */
const SHARE_OF_CACHE = 0.5;

export interface PrefetchSettings {
  /** Number of zooms, counted from 0. */
  readonly zooms: number;
  readonly sizePx: number;
}

/**
 * Prefetches the low zooms of the page's first view, the first variable of each model: at the start, when another run
 * becomes the latest, and as its hours are published. Early hours come first, until half of the cache is full.
 * Prefetching ends with the watcher.
 */
export function prefetchLatestRuns(
  tiles: TileService,
  catalogue: Catalogue,
  watcher: CatalogueWatcher,
  log: Log,
  settings: PrefetchSettings,
): void {
  let isEnded = false;

  /**
   * Prefetches the first variable of a model's latest run. Tiles that are in memory already cost almost nothing.
   * @param changed the variable that has new frames; null for all variables
   */
  async function prefetchRun(model: ModelId, changed: VarId | null): Promise<void> {
    const run = await catalogue.latest(model);
    if (run === null) return;
    const { variables } = await catalogue.manifest(model, run);
    const first = Object.entries(variables).find(([, { frames }]) => frames.length > 0);
    if (!first) return;
    const [id, { frames }] = first;
    if (changed !== null && changed !== id) return;
    const before = tiles.prefetched;
    for (const lead of frames.map(leadOf)) {
      for (const tile of tilesOf(settings.zooms)) {
        if (isEnded || tiles.cachedBytes > tiles.cacheBytes * SHARE_OF_CACHE) return;
        // Tiles are prefetched one after the other, so they never fill the queue.
        await tiles.prefetch({ model, run, var: id as VarId, lead }, tile, settings.sizePx);
      }
    }
    log.debug("prefetched", { model, run, variable: id, tiles: tiles.prefetched - before });
  }

  function prefetchSoon(model: ModelId, changed: VarId | null): void {
    prefetchRun(model, changed).catch((error) => log.warn("cannot prefetch", { model, error: String(error) }));
  }

  knownModels().forEach(({ id }) => prefetchSoon(id, null));
  watcher.listen({
    isStream: false,
    onEvent: ({ event: { name, data } }) => {
      if (name === "latest") prefetchSoon(data.model, null);
      if (name === "frames") prefetchSoon(data.model, data.var);
    },
    onClose: () => isEnded = true,
  });
}

function* tilesOf(zooms: number): Iterable<TileId> {
  for (let z = 0; z < zooms; z++) {
    for (let y = 0; y < 2 ** z; y++) {
      for (let x = 0; x < 2 ** z; x++) yield { z, x, y };
    }
  }
}
