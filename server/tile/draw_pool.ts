import { BusyError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { DrawMemory } from "./draw_messages.ts";
import { type DrawJob, DrawThread, RETRY_AFTER_S, type Task } from "./draw_thread.ts";

/** Jobs that a thread has at a time: enough to keep it busy, few enough that the pool decides the order. */
const JOBS_PER_THREAD = 3;
/** Time without a sign after which a thread hangs, for example on a dead network disk. A tile takes milliseconds. */
const HANGS_AFTER_MS = 10_000;
const DRAW_WORKER = new URL("./draw_worker.ts", import.meta.url);

export interface DrawPoolSettings {
  readonly threads: number;
  /** Size for all threads together. */
  readonly blockCacheMb: number;
  /** Requested tiles that may wait. */
  readonly maxQueued: number;
  /** Prefetched tiles that may wait. */
  readonly maxPrefetches: number;
  readonly hangsAfterMs?: number;
  /** Module that a thread runs. */
  readonly worker?: URL;
}

/** A prefetch that waits to be drawn. */
export interface PrefetchJob {
  /** The tile; null when the prefetch was dropped in favour of later ones. */
  readonly png: Promise<Uint8Array<ArrayBuffer> | null>;
  /** Moves the job to the requested tiles, because a client asked for the tile. */
  prioritize(): void;
}

/**
 * Threads that draw tiles while the main thread answers requests, so that cached answers never wait for drawing. Each
 * RGBA COG has a home thread, so that its blocks are decoded once; another thread helps when the home thread has enough
 * work. Prefetches are drawn only when no requested tile waits.
 */
export class DrawPool implements Disposable {
  readonly #threads: DrawThread[];
  /** Requested tiles by home thread, in the order of their requests. */
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
   * Starts all threads, and resolves when they have started. In a pool that is not started, the first tile of each
   * thread starts the thread and waits for it.
   * @throws Error when a thread ends before it has started
   */
  async start(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.start()));
  }

  /** Requested tiles that no thread has begun. */
  get queued(): number {
    return this.#wanted.reduce((sum, tasks) => sum + tasks.length, 0);
  }

  /** Prefetches that no thread has begun. */
  get queuedPrefetches(): number {
    return this.#prefetches.size;
  }

  /** Memory and files that all threads hold together. */
  get memory(): DrawMemory {
    const memories = this.#threads.map(({ memory }) => memory);
    return {
      blockBytes: memories.reduce((sum, { blockBytes }) => sum + blockBytes, 0),
      openFiles: memories.reduce((sum, { openFiles }) => sum + openFiles, 0),
    };
  }

  /** Draws a tile as soon as possible. @throws BusyError when the queue is full; Deno.errors.NotFound without a file */
  draw(job: DrawJob): Promise<Uint8Array<ArrayBuffer>> {
    if (this.queued >= this.#maxQueued) {
      throw new BusyError(`${this.#maxQueued} tiles are waiting to be drawn`, RETRY_AFTER_S);
    }
    return new Promise((resolve, reject) => {
      this.#enqueue({ ...job, isPrefetch: false, resolve: (png) => resolve(png!), reject });
    });
  }

  /** Draws a tile when there is no other work. When too many prefetches wait, the oldest is dropped. */
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

  /** Clears the caches of all threads. */
  clear(): void {
    this.#threads.forEach((thread) => thread.clear());
  }

  #enqueue(task: Task): void {
    this.#wanted[this.#homeOf(task)]!.push(task);
    this.#dispatch();
  }

  /** The thread that draws an RGBA COG first. */
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

  /** Starts one prefetch at a time, on an idle thread: a new request then waits for less than one tile. */
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
    waiting.forEach(({ reject }) => reject(new BusyError("The server is shutting down", RETRY_AFTER_S)));
    this.#threads.forEach((thread) => thread[Symbol.dispose]());
  }
}
