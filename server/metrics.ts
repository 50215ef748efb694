import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { freshnessOf } from "../contract/freshness.ts";
import { knownModels } from "../contract/models.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CatalogueWatcher } from "./catalogue_watcher.ts";
import type { DamageLog } from "./damage_log.ts";
import type { FrameStore } from "./frame_store.ts";
import type { DrawPool } from "./tile/draw_pool.ts";
import type { RedisTiles } from "./tile/redis_tiles.ts";
import type { TileService } from "./tile/tile_service.ts";

/** The objects whose state the metrics read on each request. */
export interface Measured {
  readonly catalogue: Catalogue;
  readonly damages: DamageLog;
  readonly watcher: CatalogueWatcher;
  readonly frames: FrameStore;
  readonly pool: DrawPool;
  readonly tiles: TileService;
  readonly redis: RedisTiles | null;
}

/** Metrics of the server, with Prometheus's names and base units. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"route" | "status">;
  readonly #durations: Histogram<"route">;

  constructor({ catalogue, damages, watcher, frames, pool, tiles, redis }: Measured) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: "twf_server_requests_total",
      help: "Requests by family of URLs and status",
      labelNames: ["route", "status"],
      registers,
    });
    this.#durations = new Histogram({
      name: "twf_server_request_duration_seconds",
      help: "Time until the answer to a request was ready to be sent",
      labelNames: ["route"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5],
      registers,
    });
    this.#counter("twf_server_tile_cache_hits_total", "Tiles that were answered from memory", () => tiles.hits);
    this.#counter("twf_server_tile_cache_misses_total", "Tiles that were drawn", () => tiles.misses);
    this.#counter(
      "twf_server_tiles_drawn_ahead_total",
      "Tiles that were prefetched",
      () => tiles.prefetched,
    );
    this.#counter(
      "twf_server_tiles_used_ahead_total",
      "Prefetched tiles that were requested later",
      () => tiles.prefetchedUsed,
    );
    this.#gauge("twf_server_queued_ahead_tiles", "Prefetches that wait to be drawn", () => pool.queuedPrefetches);
    if (redis) {
      const hits = "Tiles that were taken from Redis";
      this.#counter("twf_server_tile_second_tier_hits_total", hits, () => redis.hits);
      const failures = "Requests to Redis that failed or timed out";
      this.#counter("twf_server_redis_failures_total", failures, () => redis.failures);
      this.#counter("twf_server_redis_dropped_writes_total", "Tiles not written to Redis", () => redis.droppedWrites);
      this.#gauge("twf_server_redis_open", "1 while Redis is not used because of failures", () => Number(redis.isOpen));
    }
    this.#gauge("twf_server_tile_cache_bytes", "Bytes of tiles in memory", () => tiles.cachedBytes);
    this.#gauge("twf_server_queued_tiles", "Tiles that wait to be drawn", () => tiles.queued);
    this.#gauge("twf_server_block_cache_bytes", "Bytes of decoded blocks in memory", () => {
      return frames.cachedBytes + pool.memory.blockBytes;
    });
    this.#gauge(
      "twf_server_open_files",
      "Files of frames that are open",
      () => frames.openFiles + pool.memory.openFiles,
    );
    this.#gauge("twf_server_event_streams", "Open streams of events", () => watcher.streams);
    const damaged = "Published files that were found damaged or unreadable";
    this.#counter("twf_server_damaged_files_total", damaged, () => catalogue.damagedFiles + damages.count);
    this.#gauge("process_resident_memory_bytes", "Resident memory size in bytes", () => Deno.memoryUsage().rss);
    const started = Date.now() / 1000;
    this.#gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds", () => started);
    const labelNames = ["model"] as const;
    new Gauge({
      name: "twf_server_latest_run_age_seconds",
      help: "Age of a model's latest run, from its reference time",
      labelNames,
      registers,
      async collect() {
        this.reset();
        for (const model of knownModels()) {
          const latest = await catalogue.latest(model.id);
          if (latest !== null) this.set({ model: model.id }, freshnessOf(model, latest, new Date()).ageMs / 1000);
        }
      },
    });
    new Gauge({
      name: "twf_server_stale_after_seconds",
      help: "Age after which a model's latest run is stale",
      labelNames,
      registers,
      collect() {
        for (const { id, staleAfterHours } of knownModels()) this.set({ model: id }, staleAfterHours * 3600);
      },
    });
    new Gauge({
      name: "twf_server_published_frames",
      help: "Published frames of all runs",
      labelNames,
      registers,
      async collect() {
        this.reset();
        for (const { id } of knownModels()) {
          const runs = await catalogue.runs(id);
          if (runs.length === 0) continue;
          const counts = runs.flatMap(({ variables }) => Object.values(variables).map((each) => each.available_frames));
          this.set({ model: id }, counts.reduce((sum, count) => sum + count, 0));
        }
      },
    });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** Exports a count that another object keeps. */
  #counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  /** Counts an answer. */
  request(route: string, status: number, durationMs: number): void {
    this.#requests.inc({ route, status });
    this.#durations.observe({ route }, durationMs / 1000);
  }

  /** Resets all metrics to zero. */
  clear(): void {
    this.#registry.resetMetrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics, in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
