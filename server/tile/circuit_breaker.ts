export interface CircuitBreakerOptions {
  /** So many failures in a row open it, each of a question that was asked after the failure before. */
  readonly failures: number;
  /** How long nothing is asked, before one question tries again. */
  readonly openMs: number;
  readonly onOpen: (reason: string) => void;
  readonly onClose: () => void;
}

type State = "closed" | "open" | "probing";

/**
 * Keeps from asking what does not answer. Closed: all may ask. Open: nobody may, until some time has passed; then one
 * may (a probe), and how that goes closes it, or opens it for as long again.
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

  /** True also while a probe is on its way. */
  get isOpen(): boolean {
    return this.#state !== "closed";
  }

  /** Whether to ask now. Who is let through has to tell how it went, or a probe would never end. */
  mayAsk(nowMs = performance.now()): boolean {
    if (this.#state === "closed") return true;
    if (this.#state === "probing" || nowMs - this.#openedAtMs < this.#options.openMs) return false;
    this.#state = "probing";
    return true;
  }

  succeeded(): void {
    if (this.#state === "open") return; // asked before it opened: says nothing of now
    const wasProbing = this.#state === "probing";
    this.#state = "closed";
    this.#failuresInRow = 0;
    if (wasProbing) this.#options.onClose();
  }

  /** @param askedAtMs when the question was asked: those that were on their way together fail together, and count once */
  failed(reason: string, askedAtMs: number, nowMs = performance.now()): void {
    if (this.#state === "closed") {
      if (askedAtMs < this.#failedAtMs) return;
      this.#failedAtMs = nowMs;
      if (++this.#failuresInRow < this.#options.failures) return;
    }
    this.open(reason, nowMs);
  }

  /** Opens it at once, whatever went well before. Open already, it stays so no longer for that. */
  open(reason: string, nowMs = performance.now()): void {
    const before = this.#state;
    if (before === "open") return;
    this.#state = "open";
    this.#openedAtMs = nowMs;
    this.#failuresInRow = 0;
    if (before === "closed") this.#options.onOpen(reason);
  }
}
