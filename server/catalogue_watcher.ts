import type { CatalogueEvent } from "../contract/events.ts";
import type { ModelId, RunId, VarId } from "../contract/identity.ts";
import { knownModels } from "../contract/models.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Log } from "./log.ts";

/** How often manifests are looked at while somebody listens: what publishing adds to the age of a frame. */
const POLL_INTERVAL_MS = 1000;

/** What is published, as far as listeners are sent of it. */
interface CatalogueState {
  readonly latest: ReadonlyMap<ModelId, RunId>;
  /** By run and variable: how many frames there are, and are to be. */
  readonly frames: ReadonlyMap<string, CatalogueEvent & { readonly name: "frames" }>;
  readonly runs: ReadonlyMap<string, CatalogueEvent & { readonly name: "run" }>;
}

/** An event as it was told. */
export interface SentEvent {
  /** This process, and how many there were before it. */
  readonly id: string;
  readonly event: CatalogueEvent;
}

/** What is kept for clients that come back: hours of it. */
const MAX_SENT = 1000;

export interface Listener {
  /** Whether it is a client's open stream, and not the server itself. */
  readonly isStream: boolean;
  onEvent(sent: SentEvent): void;
  /** There will be no more news: the server ends. */
  onClose(): void;
}

/**
 * Tells listeners what changes in the catalogue. It looks while there are any, however many, and not at all otherwise.
 */
export class CatalogueWatcher {
  readonly #catalogue: Catalogue;
  readonly #log: Log;
  readonly #listeners = new Set<Listener>();
  /** Until the next look. */
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The look that is under way. */
  #polling: Promise<void> | null = null;
  #lastState: CatalogueState | null = null;
  /** Tells the ids of this process from those of others. */
  readonly #process = crypto.randomUUID().slice(0, 8);
  /** The last ones, oldest first. */
  readonly #sent: SentEvent[] = [];
  #count = 0;

  constructor(catalogue: Catalogue, log: Log) {
    this.#catalogue = catalogue;
    this.#log = log;
  }

  /** Streams that clients have open. */
  get streams(): number {
    let count = 0;
    for (const { isStream } of this.#listeners) if (isStream) count++;
    return count;
  }

  /** @returns a function that ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === null && this.#polling === null) this.#schedulePoll(0);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopTimer();
    };
  }

  /** Of the newest event; before there is one, a place to begin at. */
  get lastId(): string {
    return `${this.#process}-${this.#count}`;
  }

  /** What was sent after an event; null where that is not known, of another process or of long ago. */
  eventsSince(id: string): readonly SentEvent[] | null {
    const [, process, number] = /^([0-9a-f]{8})-([0-9]{1,12})$/.exec(id) ?? [];
    const missed = this.#count - Number(number);
    if (process !== this.#process || missed < 0 || missed > this.#sent.length) return null;
    return this.#sent.slice(this.#sent.length - missed);
  }

  /** Tells everybody. */
  announce(event: CatalogueEvent): void {
    this.#count++;
    const sent = { id: this.lastId, event };
    this.#sent.push(sent);
    if (this.#sent.length > MAX_SENT) this.#sent.shift();
    for (const listener of [...this.#listeners]) listener.onEvent(sent);
  }

  /** Sends all listeners away. @returns when nothing is looked at any more */
  async close(): Promise<void> {
    for (const listener of [...this.#listeners]) listener.onClose();
    this.#listeners.clear();
    this.#stopTimer();
    await this.#polling;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null; // what is published is remembered: who comes back is sent what changed meanwhile
  }

  #schedulePoll(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#polling = this.#poll();
    }, ms);
  }

  async #poll(): Promise<void> {
    try {
      const now = await readState(this.#catalogue);
      const events = this.#lastState === null ? [] : changes(this.#lastState, now);
      this.#lastState = now;
      events.forEach((event) => this.announce(event));
    } catch (error) {
      this.#log.error("cannot look for news", { error: String(error) });
    }
    this.#polling = null;
    if (this.#listeners.size > 0) this.#schedulePoll(POLL_INTERVAL_MS); // everybody may have left meanwhile
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

/** What a listener that knew `before` has to be sent: runs first, then their frames, then which is the latest, then what is gone. */
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
