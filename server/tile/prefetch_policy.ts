import { LRUCache } from "lru-cache";
import type { VersionedFrame } from "../../contract/frame_version.ts";
import { type FrameId, frameName } from "../../contract/identity.ts";
import { compareLeads, type Lead, leadOf, leadText } from "../../contract/lead.ts";
import { type ManifestVariable, manifestVariable } from "../../contract/manifest.ts";
import type { TileId } from "../../contract/tile.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Log } from "../log.ts";
import type { TileService } from "./tile_service.ts";

/** Time in which a request for the same tile at another hour counts as a step of an animation. */
const ANIMATION_STEP_MS = 2000;
const MAX_REMEMBERED = 4096;

/** The part of the tile service by which tiles are prefetched. */
type PrefetchedTiles = Pick<TileService, "queued" | "prefetch">;

/** Range of frames that a client animates, as the client reports it. */
export interface AnimationRange {
  readonly first: Lead;
  readonly last: Lead;
}

interface LastHour {
  readonly lead: Lead;
  readonly atMs: number;
}

/**
 * Prefetches the tiles that are likely to be requested next: a tile's neighbours, and the same tile at the next hours.
 */
export class PrefetchPolicy {
  readonly #tiles: PrefetchedTiles;
  readonly #catalogue: Catalogue;
  readonly #log: Log;
  readonly #rings: number;
  readonly #hours: number;
  /** Prefetches under way; none of them rejects. */
  readonly #running = new Set<Promise<void>>();
  /** Tiles whose neighbours are prefetched or being prefetched. */
  readonly #ringsDone = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  /** The hour requested last, by tile of a variable of a run. */
  readonly #lastHours = new LRUCache<string, LastHour>({ max: MAX_REMEMBERED });

  constructor(
    tiles: PrefetchedTiles,
    catalogue: Catalogue,
    log: Log,
    { rings, hours }: { rings: number; hours: number },
  ) {
    this.#tiles = tiles;
    this.#catalogue = catalogue;
    this.#log = log;
    this.#rings = rings;
    this.#hours = hours;
  }

  /** Called for each answered tile. Nothing is prefetched while requested tiles wait. */
  onTileServed(frame: VersionedFrame, tile: TileId, sizePx: number, range: AnimationRange | null): void {
    if (this.#tiles.queued > 0) return;
    const place = `${frame.model}/${frame.run}/${frame.var}/${tile.z}/${tile.x}/${tile.y}/${sizePx}`;
    if (this.#rings > 0) this.#prefetchRings(frame, tile, sizePx, `${place}/${leadText(frame.lead)}`);
    if (this.#hours > 0) this.#prefetchHours(frame, tile, sizePx, place, range);
  }

  #prefetchRings(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): void {
    if (this.#ringsDone.has(key)) return;
    this.#ringsDone.set(key, true);
    for (const neighbour of neighbours(tile, this.#rings)) this.#prefetch(frame, neighbour, sizePx);
  }

  #prefetchHours(
    frame: VersionedFrame,
    tile: TileId,
    sizePx: number,
    place: string,
    range: AnimationRange | null,
  ): void {
    const nowMs = performance.now();
    const last = this.#lastHours.get(place);
    this.#lastHours.set(place, { lead: frame.lead, atMs: nowMs });
    const isStep = last !== undefined && last.lead !== frame.lead && nowMs - last.atMs < ANIMATION_STEP_MS;
    if (range === null && !isStep) return;
    const isForwards = !isStep || compareLeads(frame.lead, last.lead) > 0;
    this.#track(
      this.#framesOf(frame).then((frames) => {
        const listed = frames.map((entry) => ({ lead: leadOf(entry), v: entry.v }));
        const inRange = listed.filter(({ lead }) =>
          range === null || (compareLeads(lead, range.first) >= 0 && compareLeads(lead, range.last) <= 0)
        );
        if (!isForwards) inRange.reverse();
        const direction = isForwards ? 1 : -1;
        const next = inRange.filter(({ lead }) => compareLeads(lead, frame.lead) * direction > 0).slice(0, this.#hours);
        for (const { lead, v } of next) this.#prefetch({ ...frame, lead, v }, tile, sizePx);
      }).catch((error) => this.#log.debug("cannot prefetch hours", { error: String(error) })),
    );
  }

  async #framesOf({ model, run, var: id }: FrameId): Promise<ManifestVariable["frames"]> {
    return manifestVariable(await this.#catalogue.manifest(model, run), id)?.frames ?? [];
  }

  #prefetch(frame: VersionedFrame, tile: TileId, sizePx: number): void {
    this.#track(
      this.#tiles.prefetch(frame, tile, sizePx).catch((error) => {
        this.#log.debug("cannot prefetch a tile", { error: String(error), frame: frameName(frame), ...tile });
      }),
    );
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  /** Resolves when nothing is being prefetched. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}

/** The tiles around a tile, the nearest ring first. */
function* neighbours({ z, x, y }: TileId, rings: number): Iterable<TileId> {
  const side = 2 ** z;
  for (let ring = 1; ring <= rings; ring++) {
    for (let dy = -ring; dy <= ring; dy++) {
      for (let dx = -ring; dx <= ring; dx++) {
        if (Math.max(Math.abs(dx), Math.abs(dy)) !== ring) continue;
        const [column, row] = [x + dx, y + dy];
        if (column >= 0 && column < side && row >= 0 && row < side) yield { z, x: column, y: row };
      }
    }
  }
}
