import type { CatalogueEvent } from "../contract/events.ts";
import type { ModelId, RunId, VarId } from "../contract/identity.ts";
import { knownModels } from "../contract/models.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Log } from "./log.ts";

/** How often manifests are looked at while somebody listens: what publishing adds to the age of a frame. */
const LOOK_EVERY_MS = 1000;

/** What is published, as far as listeners are told of it. */
interface Snapshot {
  readonly latest: ReadonlyMap<ModelId, RunId>;
  /** By run and variable: how many frames there are, and are to be. */
  readonly frames: ReadonlyMap<string, CatalogueEvent & { readonly name: "frames" }>;
  readonly runs: ReadonlyMap<string, CatalogueEvent & { readonly name: "run" }>;
}

/** An event as it was told. */
export interface ToldEvent {
  /** This process, and how many there were before it. */
  readonly id: string;
  readonly event: CatalogueEvent;
}

/** What is kept for clients that come back: hours of it. */
const MAX_TOLD = 1000;

export interface Listener {
  /** Whether it is a client's open stream, and not the server itself. */
  readonly isStream: boolean;
  tell(told: ToldEvent): void;
  /** There will be no more news: the server ends. */
  end(): void;
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
  #looking: Promise<void> | null = null;
  #last: Snapshot | null = null;
  /** Tells the ids of this process from those of others. */
  readonly #process = crypto.randomUUID().slice(0, 8);
  /** The last ones, oldest first. */
  readonly #told: ToldEvent[] = [];
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
    if (this.#timer === null && this.#looking === null) this.#lookLater(0);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  /** Of the newest event; before there is one, a place to begin at. */
  get lastId(): string {
    return `${this.#process}-${this.#count}`;
  }

  /** What was told after an event; null where that is not known, of another process or of long ago. */
  toldSince(id: string): readonly ToldEvent[] | null {
    const [, process, number] = /^([0-9a-f]{8})-([0-9]{1,12})$/.exec(id) ?? [];
    const missed = this.#count - Number(number);
    if (process !== this.#process || missed < 0 || missed > this.#told.length) return null;
    return this.#told.slice(this.#told.length - missed);
  }

  /** Tells everybody. */
  announce(event: CatalogueEvent): void {
    this.#count++;
    const told = { id: this.lastId, event };
    this.#told.push(told);
    if (this.#told.length > MAX_TOLD) this.#told.shift();
    for (const listener of [...this.#listeners]) listener.tell(told);
  }

  /** Sends all listeners away. @returns when nothing is looked at any more */
  async close(): Promise<void> {
    for (const listener of [...this.#listeners]) listener.end();
    this.#listeners.clear();
    this.#rest();
    await this.#looking;
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null; // what is published is remembered: who comes back is told what changed meanwhile
  }

  #lookLater(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#looking = this.#look();
    }, ms);
  }

  async #look(): Promise<void> {
    try {
      const now = await snapshotOf(this.#catalogue);
      const events = this.#last === null ? [] : changes(this.#last, now);
      this.#last = now;
      events.forEach((event) => this.announce(event));
    } catch (error) {
      this.#log.error("cannot look for news", { error: String(error) });
    }
    this.#looking = null;
    if (this.#listeners.size > 0) this.#lookLater(LOOK_EVERY_MS); // everybody may have left meanwhile
  }
}

async function snapshotOf(catalogue: Catalogue): Promise<Snapshot> {
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

/** What a listener that knew `before` has to be told: runs first, then their frames, then which is the latest, then what is gone. */
function changes(before: Snapshot, now: Snapshot): CatalogueEvent[] {
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
