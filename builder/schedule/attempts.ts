import * as z from "zod";
import {
  forecastHourSchema,
  type FrameId,
  type ModelId,
  type RunId,
  runIdSchema,
  varIdSchema,
} from "../../contract/identity.ts";
import { removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { entryNames, removeTree } from "../disk/folders.ts";
import { readJsonOrNull } from "../disk/read_json.ts";
import { setAside, setAsideUnlessFile } from "../disk/set_aside.ts";

const FIRST_DELAY_MS = 30_000;
const MAX_DELAY_MS = 900_000;
const MAX_ATTEMPTS = 5;
/** A frame that was given up is tried again from time to time while its run is wanted: it may have been mended unseen. */
const SECOND_LOOK_MS = 1_200_000;

const entrySchema = z.object({
  var: varIdSchema,
  fh: forecastHourSchema,
  /** Tries that failed, those that the process did not survive among them. */
  attempts: z.number().int().nonnegative(),
  /** Times it was left alone, which make the next time longer. */
  rests: z.number().int().nonnegative(),
  not_before: z.number(),
  /** Files of its messages while it is in work; null when it is not. */
  in_work: z.array(z.string()).nullable(),
  /** It was in work when a process died: it is tried with nothing beside it, until it is known to be harmless. */
  is_suspect: z.boolean(),
  /** What its upstream objects were when it failed; null when that is not known. */
  upstream: z.string().nullable(),
  reason: z.string().nullable(),
});
type Entry = z.infer<typeof entrySchema>;

const fileSchema = z.object({ entries: z.array(entrySchema) });

/** A frame that a process died over, for the last time. */
export interface GivenUp {
  readonly frame: FrameId;
  readonly attempts: number;
  readonly reason: string;
}

const DIED = "the process ended while this frame was being built";

/**
 * How often frames of a model were tried, and when each may be tried again. What is in work is noted on the disk before it
 * begins, so that tries count across processes that die of them; a frame that failed too often is given up until its
 * upstream objects change or some time has passed.
 */
export class Attempts {
  readonly #folder: string;
  readonly #model: ModelId;
  readonly #entries = new Map<string, Entry & { readonly run: RunId }>();
  #saving: Promise<void> = Promise.resolve();
  /** What was given up because a process died over it: to be recorded and told. */
  readonly given: readonly GivenUp[];
  /** Frames that were in work when the last process ended. */
  readonly interrupted: number;

  private constructor(
    folder: string,
    model: ModelId,
    entries: Iterable<Entry & { readonly run: RunId }>,
    nowMs: number,
  ) {
    this.#folder = folder;
    this.#model = model;
    for (const entry of entries) this.#entries.set(keyOf(entry), entry);
    const died = [...this.#entries.values()].filter(({ in_work }) => in_work !== null);
    this.interrupted = died.length;
    for (const entry of died) {
      this.#backOff(this.#frameOf(entry), nowMs, { attempts: entry.attempts + 1, is_suspect: true, reason: DIED });
    }
    this.given = died.map((entry) => this.#frameOf(entry)).filter((frame) => this.attempts(frame) === MAX_ATTEMPTS)
      .map((frame) => ({ frame, attempts: this.attempts(frame), reason: DIED }));
  }

  /**
   * Reads what earlier processes noted. Messages of frames that were in work when one died are removed: they are fetched
   * anew.
   */
  static async open(dataRoot: string, model: ModelId, nowMs: number): Promise<Attempts> {
    const folder = `${dataRoot}/attempts/${model}`;
    const entries: (Entry & { readonly run: RunId })[] = [];
    for (const name of await namesIn(folder)) {
      const run = runIdSchema.safeParse(name.replace(/\.json$/, ""));
      if (!run.success) continue;
      const file = await readJsonOrNull(`${folder}/${name}`, fileSchema);
      for (const entry of file?.entries ?? []) entries.push({ ...entry, run: run.data });
    }
    const files = new Set(entries.flatMap(({ in_work }) => in_work ?? []));
    for (const path of files) if (path.startsWith(`${dataRoot}/cache/`)) await removeIfThere(path);
    const attempts = new Attempts(folder, model, entries, nowMs);
    if (attempts.interrupted > 0) {
      for (const run of new Set(entries.map(({ run }) => run))) {
        await attempts.#save(run);
      }
    }
    return attempts;
  }

  /** Notes on the disk that frames of a run are in work now, with the files of each one's messages. */
  async begin(frames: readonly { readonly frame: FrameId; readonly files: readonly string[] }[]): Promise<void> {
    for (const { frame, files } of frames) this.#change(frame, { in_work: [...files] });
    const [first] = frames;
    if (first) await this.#save(first.frame.run);
  }

  /** A frame came to its end: nothing more is to be known of it. */
  succeed(frame: FrameId): void {
    this.#entries.delete(nameOf(frame));
  }

  /**
   * Notes a failure.
   * @param upstream what its objects are now, in any words that change when they do
   * @returns whether the frame is given up by this failure
   */
  fail(frame: FrameId, nowMs: number, reason: string, upstream: string | null): boolean {
    this.#backOff(frame, nowMs, { attempts: this.attempts(frame) + 1, is_suspect: false, reason, upstream });
    return this.attempts(frame) === MAX_ATTEMPTS;
  }

  /** Lets a frame rest whose message is missing from a file that is there. It may still come, and is never given up. */
  backOff(frame: FrameId, nowMs: number): void {
    this.#backOff(frame, nowMs, { attempts: this.attempts(frame) });
  }

  /** Nothing is known against a frame that was in work: sources or the disk failed. */
  release(frame: FrameId): void {
    const entry = this.#entries.get(nameOf(frame));
    if (entry?.attempts === 0 && entry.rests === 0) this.#entries.delete(nameOf(frame));
    else if (entry) this.#change(frame, { in_work: null });
  }

  /** The process ends by itself, not by what it was at: no frame has used up a try. */
  async releaseAll(): Promise<void> {
    const inWork = [...this.#entries.values()].filter(({ in_work }) => in_work !== null);
    for (const entry of inWork) this.release(this.#frameOf(entry));
    for (const run of new Set(inWork.map(({ run }) => run))) await this.#save(run);
  }

  /** The upstream objects of frames that failed are others now: they are tried as if for the first time. */
  renew(frame: FrameId): void {
    this.#entries.delete(nameOf(frame));
  }

  /** Whether the file of a frame was there when it was last tried, whatever became of the frame. */
  wasThere(frame: FrameId): boolean {
    return (this.#entries.get(nameOf(frame))?.rests ?? 0) > 0;
  }

  attempts(frame: FrameId): number {
    return this.#entries.get(nameOf(frame))?.attempts ?? 0;
  }

  isGivenUp(frame: FrameId): boolean {
    return this.attempts(frame) >= MAX_ATTEMPTS;
  }

  isDue(frame: FrameId, nowMs: number): boolean {
    const entry = this.#entries.get(nameOf(frame));
    if (!entry) return true;
    // A clock that was set back would otherwise let the frame rest for as long.
    const wasSetBack = entry.not_before - nowMs > Math.max(MAX_DELAY_MS, SECOND_LOOK_MS);
    return nowMs >= entry.not_before || wasSetBack;
  }

  /** Whether a frame has to be tried with nothing beside it. */
  isSuspect(frame: FrameId): boolean {
    return this.#entries.get(nameOf(frame))?.is_suspect ?? false;
  }

  /** Frames of a run that failed, and what their upstream objects were then. */
  failed(run: RunId): { readonly frame: FrameId; readonly upstream: string | null }[] {
    return [...this.#entries.values()].filter((entry) =>
      entry.run === run && entry.attempts > 0 && entry.in_work === null
    )
      .map((entry) => ({ frame: this.#frameOf(entry), upstream: entry.upstream }));
  }

  /** Writes what changed since a run's frames were begun. */
  async settle(run: RunId): Promise<void> {
    await this.#save(run);
  }

  /** Forgets a run that is no longer wanted. */
  async forget(run: RunId): Promise<void> {
    for (const [name, entry] of this.#entries) if (entry.run === run) this.#entries.delete(name);
    await this.#save(run);
  }

  #backOff(frame: FrameId, nowMs: number, change: Partial<Entry>): void {
    const rests = (this.#entries.get(nameOf(frame))?.rests ?? 0) + 1;
    const delayMs = (change.attempts ?? 0) >= MAX_ATTEMPTS
      ? SECOND_LOOK_MS
      : Math.min(FIRST_DELAY_MS * 2 ** (rests - 1), MAX_DELAY_MS);
    this.#change(frame, { ...change, rests, not_before: nowMs + delayMs, in_work: null });
  }

  #change({ run, var: variable, fh }: FrameId, change: Partial<Entry>): void {
    const name = nameOf({ run, var: variable, fh });
    const entry = this.#entries.get(name) ?? {
      run,
      var: variable,
      fh,
      attempts: 0,
      rests: 0,
      not_before: 0,
      in_work: null,
      is_suspect: false,
      upstream: null,
      reason: null,
    };
    this.#entries.set(name, { ...entry, ...change });
  }

  #frameOf({ run, var: variable, fh }: Pick<FrameId, "run" | "var" | "fh">): FrameId {
    return { model: this.#model, run, var: variable, fh };
  }

  #pathOf(run: RunId): string {
    return `${this.#folder}/${run}.json`;
  }

  /** One write after the other, each of what is known by then: an older state never comes last. */
  #save(run: RunId): Promise<void> {
    const saved = this.#saving.then(() => this.#write(run));
    this.#saving = saved.catch(() => {}); // who asked for it is told; the next write is not kept from being tried
    return saved;
  }

  async #write(run: RunId): Promise<void> {
    const entries = [...this.#entries.values()].filter((entry) => entry.run === run)
      .map(({ run: _run, ...entry }) => entry);
    const path = this.#pathOf(run);
    if (entries.length === 0) await removeTree(path);
    else {
      await setAsideUnlessFile(path);
      await writeJsonAtomically(path, { entries });
    }
  }
}

/** What stands there and cannot be read tells nothing, and makes room for a folder. @throws DiskError */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await entryNames(folder);
  } catch {
    await setAside(folder);
    return [];
  }
}

function nameOf({ run, var: variable, fh }: Pick<FrameId, "run" | "var" | "fh">): string {
  return `${run}/${variable}/${fh}`;
}

function keyOf(entry: Entry & { readonly run: RunId }): string {
  return nameOf(entry);
}
