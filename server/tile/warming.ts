import type { CatalogueEvent } from "../../contract/events.ts";
import type { ModelId, RunId, VarId } from "../../contract/identity.ts";
import { knownModels } from "../../contract/models.ts";
import type { TileId } from "../../contract/tile.ts";
import type { Catalogue } from "../catalogue.ts";
import type { CatalogueWatcher } from "../catalogue_watcher.ts";
import type { Log } from "../log.ts";
import type { TileService } from "./tile_service.ts";

/** Warming leaves the other half of the cache to what people ask for. */
const SHARE_OF_CACHE = 0.5;

export interface WarmingSettings {
  /** How many zooms, from 0 on. */
  readonly zooms: number;
  readonly sizePx: number;
}

/**
 * Draws the small zooms of what the page opens with, each model's first variable, before anybody asks: at the start, and
 * when another run becomes the latest. Early hours first, until half of the cache is full.
 * It ends with the watcher.
 */
export function keepWarm(
  tiles: TileService,
  catalogue: Catalogue,
  watcher: CatalogueWatcher,
  log: Log,
  settings: WarmingSettings,
): void {
  let isEnded = false;

  async function warm(model: ModelId, run: RunId): Promise<void> {
    const { variables } = await catalogue.manifest(model, run);
    const first = Object.entries(variables).find(([, { frames }]) => frames.length > 0);
    if (!first) return;
    const [id, { frames }] = first;
    const started = performance.now();
    let count = 0;
    for (const { fh } of frames) {
      for (const tile of tilesOf(settings.zooms)) {
        if (isEnded || tiles.cachedBytes > tiles.cacheBytes * SHARE_OF_CACHE) break;
        const frame = { model, run, var: id as VarId, fh };
        if (tiles.isOutside(frame, tile)) continue;
        await tiles.ahead(frame, tile, settings.sizePx); // one after the other: it never fills the queue
        count++;
      }
    }
    log.info("warmed", { model, run, variable: id, tiles: count, ms: Math.round(performance.now() - started) });
  }

  function warmSoon(model: ModelId, run: RunId): void {
    warm(model, run).catch((error) => log.warn("cannot warm", { model, run, error: String(error) }));
  }

  async function start(): Promise<void> {
    for (const { id } of knownModels()) {
      const latest = await catalogue.latest(id);
      if (latest !== null) warmSoon(id, latest);
    }
  }

  start().catch((error) => log.warn("cannot warm", { error: String(error) }));
  watcher.listen({
    tell: (event: CatalogueEvent) => {
      if (event.name === "latest") warmSoon(event.data.model, event.data.run);
    },
    end: () => isEnded = true,
  });
}

function* tilesOf(zooms: number): Iterable<TileId> {
  for (let z = 0; z < zooms; z++) {
    for (let y = 0; y < 2 ** z; y++) {
      for (let x = 0; x < 2 ** z; x++) yield { z, x, y };
    }
  }
}
