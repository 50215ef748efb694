/** Pause of a source that is set aside; each further failure doubles it. */
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 300_000;
/** Failures in a row that set a source aside: a single failure can happen to any source. */
const FAILURES_TO_OPEN = 2;

/**
 * State of a source. `closed`: asked as usual; `open`: set aside; `half-open`: its pause is over, and the next try
 * decides.
 */
export type BreakerState = "closed" | "half-open" | "open";

/** Sets a source aside when it fails repeatedly, and lets it be tried again after a pause. */
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

  /** Rest of the pause, in ms; 0 when the source is not set aside. */
  get pauseLeftMs(): number {
    return this.state === "open" ? Math.max(this.#openUntilMs, this.#condemnedUntilMs) - this.#now() : 0;
  }

  succeed(): void {
    this.#failures = 0;
  }

  /** @returns whether this failure set the source aside */
  fail(): boolean {
    if (this.state === "open") return false; // a request from before the pause
    this.#failures++;
    const pauses = this.#failures - FAILURES_TO_OPEN;
    if (pauses < 0) return false;
    this.#openUntilMs = this.#now() + Math.min(FIRST_PAUSE_MS * 2 ** pauses, MAX_PAUSE_MS);
    return true;
  }

  /**
   * Sets the source aside because its bytes were complete and wrong: later successful requests do not end this pause.
   * @returns whether this call set the source aside
   */
  condemn(): boolean {
    const wasOpen = this.state === "open";
    this.#condemnedUntilMs = this.#now() + FIRST_PAUSE_MS;
    return !wasOpen;
  }
}
