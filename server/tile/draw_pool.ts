import { BusyError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { DrawMemory } from "./draw_messages.ts";
import { type DrawJob, DrawThread, RETRY_AFTER_S, type Task } from "./draw_thread.ts";

/** Jobs a thread has at a time: enough that it never waits for the next one, few enough that the order stays ours. */
const JOBS_PER_THREAD = 3;
/** A tile takes milliseconds. A thread that is at one for so long hangs, on a dead network disk for example. */
const HANGS_AFTER_MS = 10_000;
const DRAW_WORKER = new URL("./draw_worker.ts", import.meta.url);

export interface DrawPoolSettings {
  readonly threads: number;
  /** Of all threads together. */
  readonly blockCacheMb: number;
  /** Tiles that may wait and somebody waits for. */
  readonly maxQueued: number;
  /** Tiles that may wait and nobody waits for yet. */
  readonly maxPrefetches: number;
  readonly hangsAfterMs?: number;
  /** What a thread runs. */
  readonly worker?: URL;
}

/** Waits to be drawn because somebody may ask for it. */
export interface PrefetchJob {
  /** Null when it was given up for what was asked for later. */
  readonly png: Promise<Uint8Array<ArrayBuffer> | null>;
  /** Somebody asked: the job goes with the others. */
  prioritize(): void;
}

/**
 * Threads that draw tiles, while the main thread answers requests: what is in memory never waits for what is drawn.
 * A picture has a thread that it is drawn by first, so that its blocks are decoded once; another helps when that one has
 * enough to do. What is drawn ahead waits until nobody waits for a tile.
 */
export class DrawPool implements Disposable {
  readonly #threads: DrawThread[];
  /** By home thread, in the order they came. */
  readonly #wanted: Task[][];
  readonly #prefetches = new Set<Task>();
  readonly #maxQueued: number;
  readonly #maxPrefetches: number;
  readonly #watch: ReturnType<typeof setInterval>;

  constructor(settings: DrawPoolSettings, log: Log) {
    const { threads, blockCacheMb, maxQueued, maxPrefetches, hangsAfterMs = HANGS_AFTER_MS } = settings;
    this.#maxQueued = maxQueued;
    this.#maxPrefetches = maxPrefetches;
    const start = () =>
      new Worker(settings.worker ?? DRAW_WORKER, {
        type: "module",
        name: String(Math.max(1, Math.floor(blockCacheMb / threads))),
      });
    this.#threads = Array.from({ length: threads }, () => new DrawThread(start, log, () => this.#dispatch()));
    this.#wanted = this.#threads.map(() => []);
    this.#watch = setInterval(
      () => this.#threads.forEach((thread) => thread.replaceIfHanging(hangsAfterMs)),
      hangsAfterMs / 4,
    );
    Deno.unrefTimer(this.#watch);
  }

  /**
   * Starts all threads, and resolves when they have started. A pool that is not started begins each thread with its
   * first tile, which waits for it.
   * @throws Error when one ends before it has started
   */
  async start(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.start()));
  }

  /** Tiles that somebody waits for and no thread has begun. */
  get queued(): number {
    return this.#wanted.reduce((sum, tasks) => sum + tasks.length, 0);
  }

  /** Tiles that nobody waits for yet. */
  get queuedPrefetches(): number {
    return this.#prefetches.size;
  }

  /** What all threads hold. */
  get memory(): DrawMemory {
    const memories = this.#threads.map(({ memory }) => memory);
    return {
      blockBytes: memories.reduce((sum, { blockBytes }) => sum + blockBytes, 0),
      openFiles: memories.reduce((sum, { openFiles }) => sum + openFiles, 0),
    };
  }

  /** Draws a tile as soon as it can be. @throws BusyError when as many wait as may; Deno.errors.NotFound without a file */
  draw(job: DrawJob): Promise<Uint8Array<ArrayBuffer>> {
    if (this.queued >= this.#maxQueued) {
      throw new BusyError(`${this.#maxQueued} tiles are waiting to be drawn`, RETRY_AFTER_S);
    }
    return new Promise((resolve, reject) => {
      this.#enqueue({ ...job, isPrefetch: false, resolve: (png) => resolve(png!), reject });
    });
  }

  /** Draws a tile when there is nothing else to do. Where too many wait for that, the oldest is given up. */
  prefetch(job: DrawJob): PrefetchJob {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();
    const task = { ...job, isPrefetch: true, resolve, reject };
    const [oldest] = this.#prefetches;
    if (oldest && this.#prefetches.size >= this.#maxPrefetches) {
      this.#prefetches.delete(oldest);
      oldest.resolve(null);
    }
    this.#prefetches.add(task);
    this.#dispatch();
    return {
      png: promise,
      prioritize: () => {
        if (this.#prefetches.delete(task)) this.#enqueue({ ...task, isPrefetch: false });
      },
    };
  }

  /** Threads forget what they hold. */
  clear(): void {
    this.#threads.forEach((thread) => thread.clear());
  }

  #enqueue(task: Task): void {
    this.#wanted[this.#homeOf(task)]!.push(task);
    this.#dispatch();
  }

  /** The thread that a picture is drawn by first. */
  #homeOf({ path }: DrawJob): number {
    let hash = 0;
    for (let i = 0; i < path.length; i++) hash = (hash * 31 + path.charCodeAt(i)) >>> 0;
    return hash % this.#threads.length;
  }

  #dispatch(): void {
    this.#threads.forEach((thread, index) => {
      while (thread.jobs < JOBS_PER_THREAD) {
        const task = this.#wanted[index]!.shift();
        if (!task) break;
        thread.begin(task);
      }
    });
    for (const thread of this.#threads) {
      while (thread.jobs < JOBS_PER_THREAD) {
        const longest = this.#wanted.reduce((a, b) => b.length > a.length ? b : a);
        const task = longest.shift();
        if (!task) break;
        thread.begin(task);
      }
    }
    this.#dispatchPrefetch();
  }

  /** One at a time, by a thread without work: a request that comes now waits for less than one tile. */
  #dispatchPrefetch(): void {
    if (this.#threads.some(({ isPrefetch }) => isPrefetch)) return;
    const idle = this.#threads.find(({ jobs }) => jobs === 0);
    const [task] = this.#prefetches;
    if (!idle || !task) return;
    this.#prefetches.delete(task);
    idle.begin(task);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#watch);
    const waiting = [...this.#wanted.flat(), ...this.#prefetches];
    this.#wanted.forEach((tasks) => tasks.length = 0);
    this.#prefetches.clear();
    waiting.forEach(({ reject }) => reject(new BusyError("The server ends", RETRY_AFTER_S)));
    this.#threads.forEach((thread) => thread[Symbol.dispose]());
  }
}
