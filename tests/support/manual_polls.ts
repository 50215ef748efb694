import type { PollTimer } from "../../server/catalogue_watcher.ts";

/** Polls of one watcher that happen when a test lets them, and not after a time. */
export class ManualPolls {
  #poll: (() => Promise<void>) | null = null;

  readonly timer: PollTimer = (poll) => {
    this.#poll = poll;
    return () => this.#poll = null;
  };

  /** Whether the watcher waits for its next poll. */
  get isScheduled(): boolean {
    return this.#poll !== null;
  }

  /** Runs the scheduled poll to its end. @throws Error when no poll is scheduled */
  async run(): Promise<void> {
    const poll = this.#poll;
    if (poll === null) throw new Error("No poll is scheduled: a watcher polls only while it has listeners");
    this.#poll = null;
    await poll();
  }
}
