/** How long a source that failed is left alone, to begin with; it doubles with each failure. */
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 300_000;
/** One failure may be anybody's; the second one in a row sets a source aside. */
const FAILURES_TO_OPEN = 2;

/** `closed`: asked as usual; `open`: set aside; `half-open`: its pause is over, and one more try decides. */
export type BreakerState = "closed" | "half-open" | "open";

/** Sets aside what fails again and again, and tries it again from time to time. */
export class CircuitBreaker {
  readonly #now: () => number;
  #failures = 0;
  #openUntilMs = -Infinity;
  #condemnedUntilMs = -Infinity;

  /** @param now milliseconds of a clock that is not set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get state(): BreakerState {
    if (this.#now() < this.#condemnedUntilMs) return "open";
    if (this.#failures < FAILURES_TO_OPEN) return "closed";
    return this.#now() < this.#openUntilMs ? "open" : "half-open";
  }

  /** How long it is still set aside, ms; 0 when it is not. */
  get pauseLeftMs(): number {
    return this.state === "open" ? Math.max(this.#openUntilMs, this.#condemnedUntilMs) - this.#now() : 0;
  }

  succeed(): void {
    this.#failures = 0;
  }

  /** @returns whether it was this failure that set the source aside */
  fail(): boolean {
    const wasOpen = this.state === "open";
    this.#failures++;
    const pauses = this.#failures - FAILURES_TO_OPEN;
    if (pauses < 0 || wasOpen) return false;
    this.#openUntilMs = this.#now() + Math.min(FIRST_PAUSE_MS * 2 ** pauses, MAX_PAUSE_MS);
    return true;
  }

  /**
   * What the source gave was whole and wrong: that it can be fetched says nothing better of it for a while.
   * @returns whether it was this that set the source aside
   */
  condemn(): boolean {
    const wasOpen = this.state === "open";
    this.#condemnedUntilMs = this.#now() + FIRST_PAUSE_MS;
    return !wasOpen;
  }
}
