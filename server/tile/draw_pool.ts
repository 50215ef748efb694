import type { TileId } from "../../contract/tile.ts";
import { BusyError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ClearRequest, DrawAnswer, DrawFailure, DrawMemory, DrawRequest } from "./draw_messages.ts";

/** Jobs a thread has at a time: enough that it never waits for the next one, few enough that the order stays ours. */
const JOBS_PER_THREAD = 3;
/** What a client that was sent away may wait: by then a full queue has been drawn. */
const RETRY_AFTER_S = 1;
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
  readonly maxAhead: number;
  readonly hangsAfterMs?: number;
  /** What a thread runs. */
  readonly worker?: URL;
}

export interface DrawJob {
  /** The RGBA COG. */
  readonly path: string;
  readonly tile: TileId;
  readonly sizePx: number;
}

/** A job with who waits for it. */
interface Task extends DrawJob {
  readonly isAhead: boolean;
  /** With null when it is given up, which only happens to what nobody waits for. */
  readonly resolve: (png: Uint8Array<ArrayBuffer> | null) => void;
  readonly reject: (error: Error) => void;
}

/** Waits to be drawn because somebody may ask for it. */
export interface AheadJob {
  /** Null when it was given up for what was asked for later. */
  readonly png: Promise<Uint8Array<ArrayBuffer> | null>;
  /** Somebody asked: the job goes with the others. */
  hurry(): void;
}

/**
 * Threads that draw tiles, while the main thread answers requests: what is in memory never waits for what is drawn.
 * A picture has a thread that it is drawn by first, so that its blocks are decoded once; another helps when that one has
 * enough to do. What is drawn ahead waits until nobody waits for a tile.
 */
export class DrawPool implements Disposable {
  readonly #threads: Thread[];
  /** By home thread, in the order they came. */
  readonly #wanted: Task[][];
  readonly #ahead = new Set<Task>();
  readonly #maxQueued: number;
  readonly #maxAhead: number;
  readonly #watch: ReturnType<typeof setInterval>;

  constructor(settings: DrawPoolSettings, log: Log) {
    const { threads, blockCacheMb, maxQueued, maxAhead, hangsAfterMs = HANGS_AFTER_MS } = settings;
    this.#maxQueued = maxQueued;
    this.#maxAhead = maxAhead;
    const start = () =>
      new Worker(settings.worker ?? DRAW_WORKER, {
        type: "module",
        name: String(Math.max(1, Math.floor(blockCacheMb / threads))),
      });
    this.#threads = Array.from({ length: threads }, () => new Thread(start, log, () => this.#dispatch()));
    this.#wanted = this.#threads.map(() => []);
    this.#watch = setInterval(
      () => this.#threads.forEach((thread) => thread.replaceIfHanging(hangsAfterMs)),
      hangsAfterMs / 4,
    );
    Deno.unrefTimer(this.#watch);
  }

  /** Tiles that somebody waits for and no thread has begun. */
  get queued(): number {
    return this.#wanted.reduce((sum, tasks) => sum + tasks.length, 0);
  }

  /** Tiles that nobody waits for yet. */
  get queuedAhead(): number {
    return this.#ahead.size;
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
      this.#enqueue({ ...job, isAhead: false, resolve: (png) => resolve(png!), reject });
    });
  }

  /** Draws a tile when there is nothing else to do. Where too many wait for that, the oldest is given up. */
  drawAhead(job: DrawJob): AheadJob {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();
    const task = { ...job, isAhead: true, resolve, reject };
    const [oldest] = this.#ahead;
    if (oldest && this.#ahead.size >= this.#maxAhead) {
      this.#ahead.delete(oldest);
      oldest.resolve(null);
    }
    this.#ahead.add(task);
    this.#dispatch();
    return {
      png: promise,
      hurry: () => {
        if (this.#ahead.delete(task)) this.#enqueue({ ...task, isAhead: false });
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
    this.#dispatchAhead();
  }

  /** One at a time, by a thread without work: a request that comes now waits for less than one tile. */
  #dispatchAhead(): void {
    if (this.#threads.some(({ isAhead }) => isAhead)) return;
    const idle = this.#threads.find(({ jobs }) => jobs === 0);
    const [task] = this.#ahead;
    if (!idle || !task) return;
    this.#ahead.delete(task);
    idle.begin(task);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#watch);
    const waiting = [...this.#wanted.flat(), ...this.#ahead];
    this.#wanted.forEach((tasks) => tasks.length = 0);
    this.#ahead.clear();
    waiting.forEach(({ reject }) => reject(new BusyError("The server ends", RETRY_AFTER_S)));
    this.#threads.forEach((thread) => thread[Symbol.dispose]());
  }
}

/** One Worker, replaced when it fails. */
class Thread implements Disposable {
  readonly #startWorker: () => Worker;
  readonly #log: Log;
  readonly #whenFree: () => void;
  readonly #tasks = new Map<number, Task>();
  #worker: Worker;
  #lastId = 0;
  /** When it last began or ended something. */
  #lastSignMs = 0;
  memory: DrawMemory = { blockBytes: 0, openFiles: 0 };

  constructor(startWorker: () => Worker, log: Log, whenFree: () => void) {
    this.#startWorker = startWorker;
    this.#log = log;
    this.#whenFree = whenFree;
    this.#worker = this.#start();
  }

  get jobs(): number {
    return this.#tasks.size;
  }

  /** Whether it draws something nobody waits for yet. */
  get isAhead(): boolean {
    for (const { isAhead } of this.#tasks.values()) if (isAhead) return true;
    return false;
  }

  begin(task: Task): void {
    const id = ++this.#lastId;
    if (this.#tasks.size === 0) this.#lastSignMs = performance.now();
    this.#tasks.set(id, task);
    const { path, tile, sizePx } = task;
    this.#worker.postMessage({ id, path, tile, sizePx } satisfies DrawRequest);
  }

  clear(): void {
    this.#worker.postMessage({ clear: true } satisfies ClearRequest);
    this.memory = { blockBytes: 0, openFiles: 0 };
  }

  replaceIfHanging(hangsAfterMs: number): void {
    if (this.#tasks.size === 0 || performance.now() - this.#lastSignMs < hangsAfterMs) return;
    this.#replace(`has drawn nothing for ${hangsAfterMs / 1000} s`);
  }

  #start(): Worker {
    const worker = this.#startWorker();
    worker.onmessage = ({ data }: MessageEvent<DrawAnswer>) => this.#end(data);
    worker.onerror = (event) => {
      event.preventDefault(); // or the whole server would end
      this.#replace(`ended: ${event.message}`);
    };
    return worker;
  }

  #end(answer: DrawAnswer): void {
    const task = this.#tasks.get(answer.id)!;
    this.#tasks.delete(answer.id);
    this.#lastSignMs = performance.now();
    this.memory = answer.memory;
    if ("png" in answer) task.resolve(answer.png);
    else task.reject(errorOf(answer.failure));
    this.#whenFree();
  }

  #replace(why: string): void {
    this.#log.error("a drawing thread is replaced", { why, jobs: this.#tasks.size });
    this.#worker.terminate();
    const lost = [...this.#tasks.values()];
    this.#tasks.clear();
    this.memory = { blockBytes: 0, openFiles: 0 };
    this.#worker = this.#start();
    lost.forEach(({ reject }) => reject(new BusyError("A drawing thread was replaced", RETRY_AFTER_S)));
    this.#whenFree();
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
    this.#tasks.forEach(({ reject }) => reject(new BusyError("The server ends", RETRY_AFTER_S)));
    this.#tasks.clear();
  }
}

function errorOf({ isGone, message, stack }: DrawFailure): Error {
  const error = isGone ? new Deno.errors.NotFound(message) : new Error(message);
  error.stack = stack; // of the thread: where it happened
  return error;
}
