import type { FrameId } from "../../contract/identity.ts";

const FIRST_DELAY_MS = 30_000;
const MAX_DELAY_MS = 900_000;
const MAX_ATTEMPTS = 5;

interface Entry {
  readonly attempts: number;
  readonly rests: number;
  readonly notBeforeMs: number;
}

/** Which frames failed or were missing, how often, and when each may be tried again. A frame that failed too often is given up. */
export class RetryBook {
  readonly #entries = new Map<string, Entry>();

  /** Notes a failure. @returns whether the frame is given up */
  fail(frame: FrameId, nowMs: number): boolean {
    this.#rest(frame, nowMs, this.attempts(frame) + 1);
    return this.isGivenUp(frame);
  }

  /** Lets a frame rest whose message is missing from a file that is there. It may still come, and is never given up. */
  rest(frame: FrameId, nowMs: number): void {
    this.#rest(frame, nowMs, this.attempts(frame));
  }

  #rest(frame: FrameId, nowMs: number, attempts: number): void {
    const rests = (this.#entries.get(nameOf(frame))?.rests ?? 0) + 1;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (rests - 1), MAX_DELAY_MS);
    this.#entries.set(nameOf(frame), { attempts, rests, notBeforeMs: nowMs + delayMs });
  }

  attempts(frame: FrameId): number {
    return this.#entries.get(nameOf(frame))?.attempts ?? 0;
  }

  isGivenUp(frame: FrameId): boolean {
    return this.attempts(frame) >= MAX_ATTEMPTS;
  }

  mayTry(frame: FrameId, nowMs: number): boolean {
    const entry = this.#entries.get(nameOf(frame));
    if (!entry) return true;
    // A clock that was set back would otherwise let the frame rest for as long.
    const wasSetBack = entry.notBeforeMs - nowMs > MAX_DELAY_MS;
    return !this.isGivenUp(frame) && (nowMs >= entry.notBeforeMs || wasSetBack);
  }

  /** Forgets a run that is gone. */
  forget(run: string): void {
    for (const name of this.#entries.keys()) if (name.includes(`/${run}/`)) this.#entries.delete(name);
  }
}

function nameOf({ model, run, var: variable, fh }: FrameId): string {
  return `${model}/${run}/${variable}/${fh}`;
}
