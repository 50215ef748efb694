import { deadWorkers, queuedJobs, workers } from "./metrics.ts";

/** Parts of a Worker's answer to a job, and its end. */
export type WorkerAnswer<Result, Part> =
  | { readonly part: Part }
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly errorName: string; readonly message: string };

/** Error when a job failed inside a Worker. `errorName` is the class of the error there. */
export class WorkerJobError extends Error {
  override readonly name = "WorkerJobError";

  constructor(readonly errorName: string, message: string) {
    super(message);
  }
}

/** Time after which a Worker counts as hung: the longest job takes a few seconds. */
const JOB_TIMEOUT_MS = 300_000;

interface Waiting<Job, Result, Part> {
  readonly job: Job;
  readonly rank: number;
  readonly onPart: (part: Part) => void;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Pool of Workers of one module, each with one job at a time. Native calls are synchronous, so a Worker is busy until
 * it answers, and a call and its error share a thread.
 */
export class WorkerPool<Job, Result, Part = never> implements Disposable {
  readonly #module: URL;
  readonly #jobTimeoutMs: number;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #workers = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #queue: Waiting<Job, Result, Part>[] = [];
  readonly #inWork = new Set<Waiting<Job, Result, Part>>();
  #end: Error | null = null;

  constructor(module: URL, size: number, jobTimeoutMs = JOB_TIMEOUT_MS) {
    this.#module = module;
    this.#jobTimeoutMs = jobTimeoutMs;
    for (let i = 0; i < size; i++) this.#start();
  }

  /**
   * Runs a job in the next free Worker.
   * @param rank jobs of a lower rank go first; jobs of equal rank in the order in which they came
   * @param onPart gets what the Worker reports before it is done
   * @throws WorkerJobError, or the reason with which the pool was ended
   */
  run(job: Job, rank = 0, onPart: (part: Part) => void = () => {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      const place = this.#queue.findIndex((waiting) => waiting.rank > rank);
      this.#queue.splice(place === -1 ? this.#queue.length : place, 0, { job, rank, onPart, resolve, reject });
      this.#next();
      queuedJobs.set(this.#queue.length);
    });
  }

  #start(): void {
    const worker = new Worker(this.#module, { type: "module" });
    this.#workers.add(worker);
    this.#idle.push(worker);
    workers.set(this.#workers.size);
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const worker = this.#idle.pop();
    if (!worker) return;
    const waiting = this.#queue.shift()!;
    queuedJobs.set(this.#queue.length);
    this.#inWork.add(waiting);
    const done = () => {
      this.#forget(timer);
      this.#inWork.delete(waiting);
    };
    const replace = (reason: string) => {
      done();
      worker.onmessage = worker.onerror = null;
      this.#workers.delete(worker);
      worker.terminate();
      deadWorkers.inc();
      this.#start();
      waiting.reject(new WorkerJobError("WorkerDiedError", reason));
      this.#next();
    };
    const timer = setTimeout(
      () => replace(`A Worker did not answer within ${this.#jobTimeoutMs / 1000} s`),
      this.#jobTimeoutMs,
    );
    this.#timers.add(timer);
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer<Result, Part>>) => {
      if ("part" in data) return waiting.onPart(data.part);
      done();
      this.#idle.push(worker);
      if (data.ok) waiting.resolve(data.result);
      else waiting.reject(new WorkerJobError(data.errorName, data.message));
      this.#next();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      replace(event.message);
    };
    worker.postMessage(waiting.job);
  }

  #forget(timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  /** Ends all Workers at once. Unanswered jobs and later ones fail with this reason. */
  end(reason: Error): void {
    if (this.#end) return;
    this.#end = reason;
    this.#timers.forEach((timer) => clearTimeout(timer));
    for (const worker of this.#workers) worker.terminate();
    for (const { reject } of [...this.#inWork, ...this.#queue.splice(0)]) reject(reason);
  }

  [Symbol.dispose](): void {
    this.end(new Error("The pool of Workers has ended"));
  }
}

/**
 * Answers each job, on the Worker's side, with the value that `handle` returns or the error that it throws. Parts of the
 * answer go out at once.
 */
export function answerJobs<Job, Result, Part = never>(
  handle: (job: Job, report: (part: Part) => void) => Result | Promise<Result>,
): void {
  const scope = globalThis as unknown as DedicatedWorkerGlobalScopeLike;
  scope.onmessage = async ({ data }: MessageEvent<Job>) => {
    const post = (answer: WorkerAnswer<Result, Part>) => scope.postMessage(answer);
    let answer: WorkerAnswer<Result, Part>;
    try {
      answer = { ok: true, result: await handle(data, (part) => post({ part })) };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      answer = { ok: false, errorName: name, message };
    }
    post(answer);
  };
}

/** The part of a Worker's global scope that is used; the DOM library describes a window instead. */
interface DedicatedWorkerGlobalScopeLike {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
}
