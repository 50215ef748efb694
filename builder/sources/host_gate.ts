import pLimit from "p-limit";

export interface HostLimits {
  /** Requests at the same time. */
  readonly maxConcurrent?: number;
  /** Requests in any 60 seconds; unlimited when not given. */
  readonly requestsPerMinute?: number;
}

const DEFAULT_CONCURRENT = 6;
const MINUTE_MS = 60_000;

/** Limits the requests to a host: how many run at the same time, and how many start per minute. */
export class HostGate {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #perMinute: number;
  readonly #windowMs: number;
  /** Start times of the last requests, oldest first; at most as many as a window allows. */
  readonly #begun: number[] = [];

  constructor({ maxConcurrent = DEFAULT_CONCURRENT, requestsPerMinute = Infinity }: HostLimits, windowMs = MINUTE_MS) {
    this.#limit = pLimit(maxConcurrent);
    this.#perMinute = requestsPerMinute;
    this.#windowMs = windowMs;
  }

  /** Runs work once the host's limits allow another request. @throws the signal's reason when it aborts before */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#limit(async () => {
      await this.#turn(signal);
      return await work();
    });
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#perMinute === Infinity) return;
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      while (this.#begun.length > 0 && this.#begun[0]! <= now - this.#windowMs) this.#begun.shift();
      if (this.#begun.length < this.#perMinute) break;
      await delay(this.#begun[0]! + this.#windowMs - now + 1, signal);
    }
    this.#begun.push(performance.now());
  }
}

const gates = new Map<string, HostGate>();

/** Returns the gate of a host: one per host in this process, with the limits of the first call. */
export function gateOf(baseUrl: string, limits: HostLimits): HostGate {
  const { host } = new URL(baseUrl);
  let gate = gates.get(host);
  if (!gate) gates.set(host, gate = new HostGate(limits));
  return gate;
}

/** Waits. @throws the signal's reason when it aborts */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
