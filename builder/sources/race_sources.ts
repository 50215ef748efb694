import type { Source } from "../models/model.ts";
import { isDoubted } from "./doubted_objects.ts";
import { type Found, readMessagesOf, type Sought } from "./file_reader.ts";
import type { RetryPolicy } from "./http_store.ts";
import type { RemoteFile } from "./layout.ts";
import { type SourceAnswer, SourceError } from "./source_error.ts";
import { askingOrder, noteFailure, noteSuccess } from "./source_health.ts";
import type { RunId } from "../../contract/identity.ts";

/** Times after which a fetch asks another source, or ends. */
export interface Patience {
  /** Time without progress after which the next source is asked beside those that are being read. */
  readonly raceAfterMs: number;
  /** Time without progress after which the fetch of a file ends. */
  readonly deadlineMs: number;
  /** Total time after which the fetch of a file ends, even with progress. */
  readonly longestMs: number;
}

/** A bucket answers within 0.1 s; after three seconds of silence another request is worthwhile. */
export const DEFAULT_PATIENCE: Patience = { raceAfterMs: 3_000, deadlineMs: 60_000, longestMs: 600_000 };

export interface Race {
  readonly run: RunId;
  readonly file: RemoteFile;
  readonly sought: readonly Sought[];
  /** Sources in the order to ask them. */
  readonly sources: readonly Source[];
  readonly signal: AbortSignal;
  readonly retryPolicy: RetryPolicy;
  readonly patience: Patience;
  /** Keeps a message of the first source that gives it. */
  keep(found: Extract<Found, { bytes: unknown }>, source: Source): Promise<void>;
}

/**
 * Reads messages of one file from several sources: from the first source, and in parallel from the next one when the
 * first makes no progress. Messages that a source lacks are requested from the next. The best source decides: once all
 * messages are there, the other sources are stopped, and when a source that answers properly reports a message as
 * missing, silent sources are waited for only a little longer.
 * @returns for each message that no source gave, the answers of the sources
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

/** The sources that are being read, and their answers. */
class Runners implements Disposable {
  readonly #race: Race;
  readonly #found = new Set<string>();
  readonly #answers = new Map<string, SourceAnswer[]>();
  /** Time of the last progress of each running source. */
  readonly #progressMs = new Map<Source, number>();
  readonly #stop = new AbortController();
  #failure: unknown = null;
  #wake: () => void = () => {};
  lastProgressMs = performance.now();

  constructor(race: Race) {
    this.#race = race;
  }

  /** The messages that no source has given yet. */
  get missing(): readonly Sought[] {
    return this.#race.sought.filter(({ name }) => !this.#found.has(name));
  }

  get running(): number {
    return this.#progressMs.size;
  }

  /** Whether every missing message has been reported as missing by a source. */
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

  /** Waits until a source makes progress or ends, at most `ms`. @throws an error that is not a fault of a source */
  async something(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.max(1, ms));
    });
    clearTimeout(timer);
    if (this.#failure !== null) throw this.#failure;
  }

  /** Returns the sources' answers for the missing messages; a source that is still silent counts as too slow. */
  answers(): ReadonlyMap<string, readonly SourceAnswer[]> {
    if (this.#failure !== null) throw this.#failure;
    const { raceAfterMs } = this.#race.patience;
    for (const [source, progressMs] of this.#progressMs) {
      const silentS = (performance.now() - progressMs) / 1000;
      if (silentS * 1000 < raceAfterMs) continue; // it made progress recently, and being second is no fault
      const reason = `${source.baseUrl} made no progress for ${silentS.toFixed(1)} s`;
      noteFailure(source, reason);
      for (const { name } of this.missing) this.#answer(source, name, new SourceError("unavailable", reason));
    }
    return new Map(this.missing.map(({ name }) => [name, this.#answers.get(name) ?? []]));
  }

  /** Stops the sources that are still being read. */
  [Symbol.dispose](): void {
    this.#stop.abort(new DOMException("Another source was faster", "AbortError"));
  }
}
