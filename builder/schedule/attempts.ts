import * as z from "zod";
import { type FrameId, frameOf, type ModelId, type RunId, runIdSchema, varIdSchema } from "../../contract/identity.ts";
import { FRAME_SHAPE, leadFields, leadOf, leadText, namesFrame } from "../../contract/lead.ts";
import { removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { entryNames, removeTree } from "../disk/folders.ts";
import { readJsonOrNull } from "../disk/read_json.ts";
import { setAside, setAsideUnlessFile } from "../disk/set_aside.ts";

const FIRST_DELAY_MS = 30_000;
const MAX_DELAY_MS = 900_000;
const MAX_ATTEMPTS = 5;
/**
 * Time after which a frame that was given up is tried again while its run is wanted: its source may have been corrected
 * without a visible change.
 */
const SECOND_LOOK_MS = 1_200_000;

const entrySchema = namesFrame(z.object({
  var: varIdSchema,
  ...FRAME_SHAPE,
  /** Tries that failed, including those that ended with the process. */
  attempts: z.number().int().nonnegative(),
  /** Number of pauses so far; each makes the next one longer. */
  rests: z.number().int().nonnegative(),
  not_before: z.number(),
  /** Files of the frame's messages while it is in work; null when it is not. */
  in_work: z.array(z.string()).nullable(),
  /**
   * True when the frame was in work when a process died: it is tried with nothing beside it until it is known to be
   * harmless.
   */
  is_suspect: z.boolean(),
  /** State of its upstream objects when it failed; null when that is not known. */
  upstream: z.string().nullable(),
  reason: z.string().nullable(),
}));
type Entry = z.infer<typeof entrySchema>;

const fileSchema = z.object({ entries: z.array(entrySchema) });

/** A frame that is given up because a process died while building it. */
export interface GivenUp {
  readonly frame: FrameId;
  readonly attempts: number;
  readonly reason: string;
}

const DIED = "the process ended while this frame was being built";

/**
 * Counts the tries of a model's frames, and decides when each may be tried again. Frames in work are noted on the disk
 * before the work begins, so that tries count across processes that die of them. A frame that failed too often is given
 * up until its upstream objects change or some time has passed.
 */
export class Attempts {
  readonly #folder: string;
  readonly #model: ModelId;
  readonly #entries = new Map<string, Entry & { readonly run: RunId }>();
  #saving: Promise<void> = Promise.resolve();
  /** Frames that are given up because a process died over them: to be recorded and reported. */
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
   * Reads the notes of earlier processes. Messages of frames that were in work when a process died are removed and
   * fetched again.
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

  /** Notes on the disk that frames of a run are in work, with the files of each frame's messages. */
  async begin(frames: readonly { readonly frame: FrameId; readonly files: readonly string[] }[]): Promise<void> {
    for (const { frame, files } of frames) this.#change(frame, { in_work: [...files] });
    const [first] = frames;
    if (first) await this.#save(first.frame.run);
  }

  /** Forgets a frame that succeeded. */
  succeed(frame: FrameId): void {
    this.#entries.delete(nameOf(frame));
  }

  /**
   * Notes a failure.
   * @param upstream the present state of its objects, as any text that changes when they do
   * @returns whether the frame is given up with this failure
   */
  fail(frame: FrameId, nowMs: number, reason: string, upstream: string | null): boolean {
    this.#backOff(frame, nowMs, { attempts: this.attempts(frame) + 1, is_suspect: false, reason, upstream });
    return this.attempts(frame) === MAX_ATTEMPTS;
  }

  /**
   * Pauses a frame whose message is missing from a file that is there. The message may still come, so the frame is
   * never given up.
   */
  backOff(frame: FrameId, nowMs: number): void {
    this.#backOff(frame, nowMs, { attempts: this.attempts(frame) });
  }

  /** Ends the work on a frame without counting a try: sources or the disk failed. */
  release(frame: FrameId): void {
    const entry = this.#entries.get(nameOf(frame));
    if (entry?.attempts === 0 && entry.rests === 0) this.#entries.delete(nameOf(frame));
    else if (entry) this.#change(frame, { in_work: null });
  }

  /** Ends the work on all frames without counting a try: the process ends by itself and not because of a frame. */
  async releaseAll(): Promise<void> {
    const inWork = [...this.#entries.values()].filter(({ in_work }) => in_work !== null);
    for (const entry of inWork) this.release(this.#frameOf(entry));
    for (const run of new Set(inWork.map(({ run }) => run))) await this.#save(run);
  }

  /** Forgets a frame whose upstream objects have changed: it is tried as if for the first time. */
  renew(frame: FrameId): void {
    this.#entries.delete(nameOf(frame));
  }

  /** Whether the file of a frame was there when it was last tried, with any outcome for the frame. */
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
    // If the clock was set back, the frame would otherwise wait for that much longer.
    const wasSetBack = entry.not_before - nowMs > Math.max(MAX_DELAY_MS, SECOND_LOOK_MS);
    return nowMs >= entry.not_before || wasSetBack;
  }

  /** Whether a frame must be tried with nothing beside it. */
  isSuspect(frame: FrameId): boolean {
    return this.#entries.get(nameOf(frame))?.is_suspect ?? false;
  }

  /** Lists the failed frames of a run, with the state of their upstream objects at the time. */
  failed(run: RunId): { readonly frame: FrameId; readonly upstream: string | null }[] {
    return [...this.#entries.values()].filter((entry) =>
      entry.run === run && entry.attempts > 0 && entry.in_work === null
    )
      .map((entry) => ({ frame: this.#frameOf(entry), upstream: entry.upstream }));
  }

  /** Writes the changes since a run's frames were begun. */
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

  #change({ run, var: variable, lead }: FrameId, change: Partial<Entry>): void {
    const name = nameOf({ run, var: variable, lead });
    const entry = this.#entries.get(name) ?? {
      run,
      var: variable,
      ...leadFields(lead),
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

  #frameOf(entry: Entry & { readonly run: RunId }): FrameId {
    return frameOf({ ...entry, model: this.#model });
  }

  #pathOf(run: RunId): string {
    return `${this.#folder}/${run}.json`;
  }

  /** Writes the entries of a run after all earlier writes, so that an older state never comes last. */
  #save(run: RunId): Promise<void> {
    const saved = this.#saving.then(() => this.#write(run));
    this.#saving = saved.catch(() => {}); // the caller gets the error; the next write is still tried
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

/**
 * Lists the names in the folder of notes. A file or folder that cannot be read is set aside to make room. @throws
 * DiskError
 */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await entryNames(folder);
  } catch {
    await setAside(folder);
    return [];
  }
}

function nameOf({ run, var: variable, lead }: Pick<FrameId, "run" | "var" | "lead">): string {
  return `${run}/${variable}/${leadText(lead)}`;
}

function keyOf(entry: Entry & { readonly run: RunId }): string {
  return nameOf({ run: entry.run, var: entry.var, lead: leadOf(entry) });
}
