import type { TileId } from "../../contract/tile.ts";
import { BusyError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ClearRequest, DrawAnswer, DrawFailure, DrawMemory, DrawRequest, ReadySign } from "./draw_messages.ts";

/** Time until a refused client should come again, in seconds: a full queue has been drawn by then. */
export const RETRY_AFTER_S = 1;

export interface DrawJob {
  /** Path of the RGBA COG. */
  readonly path: string;
  /** Identifier of the frame and its bytes. */
  readonly version: string;
  readonly tile: TileId;
  readonly sizePx: number;
}

/** A job with the callbacks of its caller. */
export interface Task extends DrawJob {
  readonly isPrefetch: boolean;
  /** Called with null when the job is dropped, which happens only to prefetches. */
  readonly resolve: (png: Uint8Array<ArrayBuffer> | null) => void;
  readonly reject: (error: Error) => void;
}

/** Time limit for a start. A thread needs half a second, and many times that on a busy machine. */
const STARTS_WITHIN_MS = 60_000;

/** A single Worker, started when needed and replaced when it fails. */
export class DrawThread implements Disposable {
  readonly #startWorker: () => Worker;
  readonly #log: Log;
  readonly #whenFree: () => void;
  readonly #tasks = new Map<number, Task>();
  #worker: Worker | null = null;
  #isReady = false;
  /** Settles when the first Worker has started or failed to start. */
  readonly #firstStart = Promise.withResolvers<void>();
  #lastId = 0;
  /** Time when the Worker became ready, or last began or ended a job. */
  #lastSignMs = 0;
  memory: DrawMemory = { blockBytes: 0, openFiles: 0 };

  constructor(startWorker: () => Worker, log: Log, whenFree: () => void) {
    this.#startWorker = startWorker;
    this.#log = log;
    this.#whenFree = whenFree;
    this.#firstStart.promise.catch(() => {}); // start() reports the failure; without start() the thread is replaced
  }

  get jobs(): number {
    return this.#tasks.size;
  }

  /** Whether the thread draws a prefetch. */
  get isPrefetch(): boolean {
    for (const { isPrefetch } of this.#tasks.values()) if (isPrefetch) return true;
    return false;
  }

  /** Starts the Worker, unless it runs. @throws Error when the Worker ends before it has started */
  async start(): Promise<void> {
    this.#worker ??= this.#startAnew();
    await this.#firstStart.promise;
  }

  begin(task: Task): void {
    const id = ++this.#lastId;
    if (this.#tasks.size === 0) this.#lastSignMs = performance.now();
    this.#tasks.set(id, task);
    const { path, version, tile, sizePx } = task;
    this.#worker ??= this.#startAnew();
    this.#worker.postMessage({ id, path, version, tile, sizePx } satisfies DrawRequest);
  }

  clear(): void {
    this.#worker?.postMessage({ clear: true } satisfies ClearRequest);
    this.memory = { blockBytes: 0, openFiles: 0 };
  }

  replaceIfHanging(hangsAfterMs: number): void {
    const patienceMs = this.#isReady ? hangsAfterMs : STARTS_WITHIN_MS;
    if (this.#tasks.size === 0 || performance.now() - this.#lastSignMs < patienceMs) return;
    this.#replace(`has drawn nothing for ${patienceMs / 1000} s`);
  }

  #startAnew(): Worker {
    const worker = this.#startWorker();
    this.#isReady = false;
    worker.onmessage = ({ data }: MessageEvent<DrawAnswer | ReadySign>) => {
      if (!("isReady" in data)) return this.#end(data);
      this.#isReady = true;
      this.#firstStart.resolve();
      this.#lastSignMs = performance.now();
    };
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
    this.#firstStart.reject(new Error(`A drawing thread ${why}`));
    this.#worker?.terminate();
    const lost = [...this.#tasks.values()];
    this.#tasks.clear();
    this.memory = { blockBytes: 0, openFiles: 0 };
    this.#worker = this.#startAnew();
    lost.forEach(({ reject }) => reject(new BusyError("A drawing thread was replaced", RETRY_AFTER_S)));
    this.#whenFree();
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#tasks.forEach(({ reject }) => reject(new BusyError("The server is shutting down", RETRY_AFTER_S)));
    this.#tasks.clear();
  }
}

function errorOf({ isGone, message, stack }: DrawFailure): Error {
  const error = isGone ? new Deno.errors.NotFound(message) : new Error(message);
  error.stack = stack; // the stack of the thread, where the error occurred
  return error;
}
