import type { CatalogueEvent } from "../contract/events.ts";
import type { ModelId, RunId, VarId } from "../contract/identity.ts";
import { knownModels } from "../contract/models.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Log } from "./log.ts";

/** Time between two polls of the manifests while there are listeners: the delay that polling adds to a frame's age. */
const POLL_INTERVAL_MS = 1000;

/** Calls a function that polls, after a time. @returns a function that cancels the call */
export type PollTimer = (poll: () => Promise<void>, afterMs: number) => () => void;

const systemTimer: PollTimer = (poll, afterMs) => {
  const timer = setTimeout(poll, afterMs);
  return () => clearTimeout(timer);
};

/** The state of the catalogue that events describe. */
interface CatalogueState {
  readonly latest: ReadonlyMap<ModelId, RunId>;
  /** Numbers of available and expected frames, by run and variable. */
  readonly frames: ReadonlyMap<string, CatalogueEvent & { readonly name: "frames" }>;
  readonly runs: ReadonlyMap<string, CatalogueEvent & { readonly name: "run" }>;
}

/** An event as the listeners received it. */
export interface SentEvent {
  /** Id of the process, and number of the event in this process. */
  readonly id: string;
  readonly event: CatalogueEvent;
}

/** Events kept for clients that reconnect: several hours of events. */
const MAX_SENT = 1000;

export interface Listener {
  /** Whether the listener is a client's open stream, and not part of the server. */
  readonly isStream: boolean;
  onEvent(sent: SentEvent): void;
  /** Called when the server ends: no more events follow. */
  onClose(): void;
}

/**
 * Sends listeners an event for each change of the catalogue. The watcher polls only while there are listeners, and
 * their number does not matter.
 */
export class CatalogueWatcher {
  readonly #catalogue: Catalogue;
  readonly #log: Log;
  readonly #timer: PollTimer;
  readonly #listeners = new Set<Listener>();
  /** Cancels the next poll; null when none is scheduled. */
  #cancelPoll: (() => void) | null = null;
  /** The running poll. */
  #polling: Promise<void> | null = null;
  #lastState: CatalogueState | null = null;
  /** Distinguishes the ids of this process from those of others. */
  readonly #process = crypto.randomUUID().slice(0, 8);
  /** The last events, oldest first. */
  readonly #sent: SentEvent[] = [];
  #count = 0;

  constructor(catalogue: Catalogue, log: Log, timer: PollTimer = systemTimer) {
    this.#catalogue = catalogue;
    this.#log = log;
    this.#timer = timer;
  }

  /** Number of streams that clients have open. */
  get streams(): number {
    let count = 0;
    for (const { isStream } of this.#listeners) if (isStream) count++;
    return count;
  }

  /**
   * Adds a listener.
   * @returns a function that removes the listener
   */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#cancelPoll === null && this.#polling === null) this.#schedulePoll(0);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopTimer();
    };
  }

  /** Id of the newest event; before the first event, the id of the beginning. */
  get lastId(): string {
    return `${this.#process}-${this.#count}`;
  }

  /** The events after the given one; null when they are unknown, because of another process or long ago. */
  eventsSince(id: string): readonly SentEvent[] | null {
    const [, process, number] = /^([0-9a-f]{8})-([0-9]{1,12})$/.exec(id) ?? [];
    const missed = this.#count - Number(number);
    if (process !== this.#process || missed < 0 || missed > this.#sent.length) return null;
    return this.#sent.slice(this.#sent.length - missed);
  }

  /** Sends an event to all listeners. */
  announce(event: CatalogueEvent): void {
    this.#count++;
    const sent = { id: this.lastId, event };
    this.#sent.push(sent);
    if (this.#sent.length > MAX_SENT) this.#sent.shift();
    for (const listener of [...this.#listeners]) listener.onEvent(sent);
  }

  /** Closes all listeners. @returns when no poll is running any more */
  async close(): Promise<void> {
    for (const listener of [...this.#listeners]) listener.onClose();
    this.#listeners.clear();
    this.#stopTimer();
    await this.#polling;
  }

  #stopTimer(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = null; // the state is kept: a client that reconnects gets the changes since
  }

  #schedulePoll(ms: number): void {
    this.#cancelPoll = this.#timer(() => {
      this.#cancelPoll = null;
      return this.#polling = this.#poll();
    }, ms);
  }

  async #poll(): Promise<void> {
    try {
      const now = await readState(this.#catalogue);
      const events = this.#lastState === null ? [] : changes(this.#lastState, now);
      this.#lastState = now;
      events.forEach((event) => this.announce(event));
    } catch (error) {
      this.#log.error("cannot poll the manifests", { error: String(error) });
    }
    this.#polling = null;
    if (this.#listeners.size > 0) this.#schedulePoll(POLL_INTERVAL_MS); // all listeners may have left meanwhile
  }
}

async function readState(catalogue: Catalogue): Promise<CatalogueState> {
  const latest = new Map<ModelId, RunId>();
  const frames = new Map<string, CatalogueEvent & { readonly name: "frames" }>();
  const runs = new Map<string, CatalogueEvent & { readonly name: "run" }>();
  for (const { id: model } of knownModels()) {
    const pointer = await catalogue.latest(model);
    if (pointer !== null) latest.set(model, pointer);
    for (const { run, variables } of await catalogue.runs(model)) {
      runs.set(`${model}/${run}`, { name: "run", data: { model, run } });
      for (const [id, { available_frames, expected_frames }] of Object.entries(variables)) {
        const data = { model, run, var: id as VarId, available_frames, expected_frames };
        frames.set(`${model}/${run}/${id}`, { name: "frames", data });
      }
    }
  }
  return { latest, frames, runs };
}

/** Events that lead from one state to the next: new runs, their frames, the latest run, removed runs. */
function changes(before: CatalogueState, now: CatalogueState): CatalogueEvent[] {
  const runs = [...now.runs].filter(([key]) => !before.runs.has(key)).map(([, event]) => event);
  const removed = [...before.runs].filter(([key]) => !now.runs.has(key))
    .map(([, { data }]): CatalogueEvent => ({ name: "removed", data }));
  const frames = [...now.frames]
    .filter(([key, { data }]) => before.frames.get(key)?.data.available_frames !== data.available_frames)
    .map(([, event]) => event);
  const latest = [...now.latest].filter(([model, run]) => before.latest.get(model) !== run)
    .map(([model, run]): CatalogueEvent => ({ name: "latest", data: { model, run } }));
  return [...runs, ...frames, ...latest, ...removed];
}
