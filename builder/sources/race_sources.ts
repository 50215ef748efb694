import type { Source } from "../models/model.ts";
import { isDoubted } from "./doubted_objects.ts";
import { type Found, readMessagesOf, type Sought } from "./file_reader.ts";
import type { RetryPolicy } from "./http_store.ts";
import type { RemoteFile } from "./layout.ts";
import { type SourceAnswer, SourceError } from "./source_error.ts";
import { askingOrder, noteFailure, noteSuccess } from "./source_health.ts";
import type { RunId } from "../../contract/identity.ts";

/** How long a fetch waits for one source before it asks the next, and for all of them together. */
export interface Patience {
  /** Without progress for so long, the next source is asked beside those that are at it. */
  readonly raceAfterMs: number;
  /** Without progress for so long, the fetch of a file ends. */
  readonly deadlineMs: number;
  /** And with progress, after so long. */
  readonly longestMs: number;
}

/** A bucket answers within a tenth of a second; three seconds of silence are worth another request. */
export const DEFAULT_PATIENCE: Patience = { raceAfterMs: 3_000, deadlineMs: 60_000, longestMs: 600_000 };

export interface Race {
  readonly run: RunId;
  readonly file: RemoteFile;
  readonly sought: readonly Sought[];
  /** In the order to ask them. */
  readonly sources: readonly Source[];
  readonly signal: AbortSignal;
  readonly retryPolicy: RetryPolicy;
  readonly patience: Patience;
  /** Keeps a message; the first source that has it gives it. */
  keep(found: Extract<Found, { bytes: unknown }>, source: Source): Promise<void>;
}

/**
 * Reads messages of one file from several sources: from the first, and beside it from the next when it makes no progress;
 * what one lacks is asked of the next. The best source decides: once all messages are there the others are left alone,
 * and when one that answers properly says that a message is not there, silent ones are not waited for much longer.
 * @returns for each message that no source gave, what each of them said
 * @throws the signal's reason when it aborts
 */
export async function raceSources(race: Race): Promise<ReadonlyMap<string, readonly SourceAnswer[]>> {
  using runners = new Runners(race);
  const { raceAfterMs, deadlineMs, longestMs } = race.patience;
  const isTrusted = ({ baseUrl }: Source) => !isDoubted(baseUrl + race.file.path);
  const { first, beside, last } = askingOrder(race.sources.filter(isTrusted));
  const waiting = [...first, ...last, ...race.sources.filter((source) => !isTrusted(source))];
  const begun = performance.now();
  runners.start(waiting.shift());
  beside.forEach((source) => runners.start(source));
  while (runners.missing.length > 0) {
    race.signal.throwIfAborted();
    const silentMs = performance.now() - runners.lastProgressMs;
    if (waiting.length > 0 && (runners.running === 0 || silentMs >= raceAfterMs)) {
      runners.start(waiting.shift());
      continue;
    }
    if (runners.running === 0) break;
    const isAnswered = waiting.length === 0 && runners.isSaidMissing && silentMs >= raceAfterMs;
    if (isAnswered || silentMs >= deadlineMs || performance.now() - begun >= longestMs) break;
    const untilNext = waiting.length > 0 || runners.isSaidMissing ? raceAfterMs - silentMs : deadlineMs - silentMs;
    await runners.something(Math.min(untilNext, longestMs - (performance.now() - begun)));
  }
  race.signal.throwIfAborted();
  return runners.answers();
}

/** The sources that are being read, and what they have said. */
class Runners implements Disposable {
  readonly #race: Race;
  readonly #found = new Set<string>();
  readonly #answers = new Map<string, SourceAnswer[]>();
  /** When each running source last made progress. */
  readonly #progressMs = new Map<Source, number>();
  readonly #stop = new AbortController();
  #failure: unknown = null;
  #wake: () => void = () => {};
  lastProgressMs = performance.now();

  constructor(race: Race) {
    this.#race = race;
  }

  /** What no source has given yet. */
  get missing(): readonly Sought[] {
    return this.#race.sought.filter(({ name }) => !this.#found.has(name));
  }

  get running(): number {
    return this.#progressMs.size;
  }

  /** Whether for each message that is missing some source has said that it is not there. */
  get isSaidMissing(): boolean {
    return this.missing.every(({ name }) =>
      this.#answers.get(name)?.some(({ error }) => error.failure === "missing") ?? false
    );
  }

  start(source: Source | undefined): void {
    if (!source) return;
    this.#progressed(source);
    this.#read(source, this.missing).catch((error) => {
      this.#failure ??= error;
    }).finally(() => {
      this.#progressMs.delete(source);
      this.#wake();
    });
  }

  async #read(source: Source, sought: readonly Sought[]): Promise<void> {
    const { run, file, signal, retryPolicy, keep } = this.#race;
    const stop = AbortSignal.any([signal, this.#stop.signal]);
    let trouble: SourceError | null = null;
    try {
      await readMessagesOf(source, file, sought, {
        run,
        signal: stop,
        retryPolicy,
        onProgress: () => this.#progressed(source),
      }, async (found) => {
        if ("error" in found) {
          this.#answer(source, found.name, found.error);
          if (found.error.isSourceTrouble) trouble = found.error;
        } else if (!this.#found.has(found.name)) {
          await keep(found, source);
          this.#found.add(found.name);
        }
        this.#progressed(source);
      });
    } catch (error) {
      if (stop.aborted) return;
      if (!(error instanceof SourceError)) throw error;
      if (error.isSourceTrouble) trouble = error;
      for (const { name } of sought) this.#answer(source, name, error);
    }
    if (trouble) noteFailure(source, trouble.message);
    else noteSuccess(source);
  }

  #progressed(source: Source): void {
    this.lastProgressMs = performance.now();
    this.#progressMs.set(source, this.lastProgressMs);
    this.#wake();
  }

  #answer(source: Source, name: string, error: SourceError): void {
    const answers = this.#answers.get(name) ?? [];
    answers.push({ source: source.id, error });
    this.#answers.set(name, answers);
  }

  /** Waits until a source makes progress or ends, or for so long. @throws what is no fault of a source */
  async something(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.max(1, ms));
    });
    clearTimeout(timer);
    if (this.#failure !== null) throw this.#failure;
  }

  /** What each source said of the messages that are missing; one that is still silent has been too slow. */
  answers(): ReadonlyMap<string, readonly SourceAnswer[]> {
    if (this.#failure !== null) throw this.#failure;
    const { raceAfterMs } = this.#race.patience;
    for (const [source, progressMs] of this.#progressMs) {
      const silentS = (performance.now() - progressMs) / 1000;
      if (silentS * 1000 < raceAfterMs) continue; // it came second, and is no worse for it
      const reason = `${source.baseUrl} gave nothing for ${silentS.toFixed(1)} s`;
      noteFailure(source, reason);
      for (const { name } of this.missing) this.#answer(source, name, new SourceError("unavailable", reason));
    }
    return new Map(this.missing.map(({ name }) => [name, this.#answers.get(name) ?? []]));
  }

  /** Leaves alone what is still being read. */
  [Symbol.dispose](): void {
    this.#stop.abort(new DOMException("Another source was faster", "AbortError"));
  }
}
