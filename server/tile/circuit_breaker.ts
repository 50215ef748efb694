export interface CircuitBreakerOptions {
  /** Failures in a row that open the breaker; each must be of a request that began after the failure before. */
  readonly failures: number;
  /** Time in milliseconds without requests, before a single request tries again. */
  readonly openMs: number;
  readonly onOpen: (reason: string) => void;
  readonly onClose: () => void;
}

type State = "closed" | "open" | "probing";

/**
 * Stops requests to a service that does not answer. Closed: all requests pass. Open: none passes until some time is
 * over; then a single one may (a probe), and its result closes the breaker or opens it again for the same time.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #state: State = "closed";
  #failuresInRow = 0;
  #failedAtMs = -Infinity;
  #openedAtMs = 0;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  /** Whether the breaker is open; true also while a probe is pending. */
  get isOpen(): boolean {
    return this.#state !== "closed";
  }

  /** Whether a request may be sent now. The caller must report the result, or a probe would never end. */
  mayAsk(nowMs = performance.now()): boolean {
    if (this.#state === "closed") return true;
    if (this.#state === "probing" || nowMs - this.#openedAtMs < this.#options.openMs) return false;
    this.#state = "probing";
    return true;
  }

  succeeded(): void {
    if (this.#state === "open") return; // an answer to a request from before the breaker opened
    const wasProbing = this.#state === "probing";
    this.#state = "closed";
    this.#failuresInRow = 0;
    if (wasProbing) this.#options.onClose();
  }

  /**
   * Reports a failure.
   * @param askedAtMs when the request began: requests that were pending together fail together, and count once
   */
  failed(reason: string, askedAtMs: number, nowMs = performance.now()): void {
    if (this.#state === "closed") {
      if (askedAtMs < this.#failedAtMs) return;
      this.#failedAtMs = nowMs;
      if (++this.#failuresInRow < this.#options.failures) return;
    }
    this.open(reason, nowMs);
  }

  /** Opens the breaker at once, in spite of earlier successes. If it is open already, its time is not extended. */
  open(reason: string, nowMs = performance.now()): void {
    const before = this.#state;
    if (before === "open") return;
    this.#state = "open";
    this.#openedAtMs = nowMs;
    this.#failuresInRow = 0;
    if (before === "closed") this.#options.onOpen(reason);
  }
}
