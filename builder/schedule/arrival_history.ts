import { dirname } from "node:path";
import * as z from "zod";
import { cycleTime, type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { frameTextSchema, type Lead, leadText } from "../../contract/lead.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { entryNames } from "../disk/folders.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";
import { setAside, setAsideUnlessFile } from "../disk/set_aside.ts";
import { type Cycle, cycleOf, type Model } from "../models/model.ts";
import { LATE_MINUTES } from "./wanted_runs.ts";

/** Runs of a kind of cycle whose delays are kept: the newest. */
const KEPT_RUNS = 8;
/** Runs without which nothing is said of a file: two may be alike by chance. */
const LEAST_RUNS = 3;
/** Runs from which on the one farthest from the median is left out: an outage of the feed is no habit. */
const RUNS_WITH_OUTLIER = 5;
/** Shortest spread in s: a feed that was punctual may still be later next time. */
const MIN_SPREAD_S = 20;
/** Longest spread in s: it limits the time of frequent polls. */
const MAX_SPREAD_S = 120;

/** Delays in s after the cycle, by run, product and frame. */
const fileSchema = z.object({
  runs: z.record(runIdSchema, z.record(z.string(), z.record(frameTextSchema, z.number().nonnegative()))),
});

/** The delay with which a product's file of a frame usually appears. */
export interface UsualDelay {
  /** Median, in s after the cycle. */
  readonly delayS: number;
  /** Distance from the median that most runs keep within, in s. */
  readonly spreadS: number;
}

/** A product's file of a frame of a run. */
export interface ArrivedFile {
  readonly run: RunId;
  readonly product: string;
  readonly lead: Lead;
}

/**
 * The times at which the files of a model's last runs appeared upstream, in one file of the data root. Each kind of
 * cycle has delays of its own, and only those of the newest runs are kept, which limits the file's size.
 */
export class ArrivalHistory {
  readonly #path: string;
  readonly #model: Model;
  /** Delays in s, by run and then by product and frame. */
  readonly #delays = new Map<RunId, Map<string, number>>();
  #hasChanged = false;

  private constructor(path: string, model: Model) {
    this.#path = path;
    this.#model = model;
  }

  /**
   * Reads what earlier processes learned. A damaged file is ignored; the next change replaces it.
   * @returns the history, and the damage of the file, or null
   */
  static async open(
    dataRoot: string,
    model: Model,
  ): Promise<{ readonly history: ArrivalHistory; readonly damage: string | null }> {
    const path = arrivalsPath(dataRoot, model.id);
    const history = new ArrivalHistory(path, model);
    try {
      const file = await readJson(path, fileSchema);
      for (const [run, products] of Object.entries(file?.runs ?? {})) {
        for (const [product, delays] of Object.entries(products)) {
          for (const [frame, delayS] of Object.entries(delays)) {
            history.#add(run as RunId, keyOf(product, frame), delayS);
          }
        }
      }
      history.#hasChanged = false;
      return { history, damage: null };
    } catch (error) {
      if (!(error instanceof BadDocumentError)) throw error;
      await makeRoom(dirname(path));
      return { history: new ArrivalHistory(path, model), damage: error.message };
    }
  }

  /**
   * Notes when a file appeared upstream; the earliest time counts. A time at which no run is expected any more is
   * ignored: archives change the times of objects.
   * @param modified time of the object's last change (ISO 8601)
   */
  note({ run, product, lead }: ArrivedFile, modified: string): void {
    const delayS = (Date.parse(modified) - cycleTime(run).getTime()) / 1000;
    const known = this.#delays.get(run)?.get(keyOf(product, leadText(lead)));
    if (known === undefined || delayS < known) this.#add(run, keyOf(product, leadText(lead)), delayS);
  }

  /** Returns the usual delay of a file, by earlier runs of the same kind of cycle; null when too few are known. */
  usualDelay({ run, product, lead }: ArrivedFile): UsualDelay | null {
    const cycle = cycleOf(this.#model, run);
    const delays = [...this.#delays].filter(([other]) => other !== run && cycleOf(this.#model, other) === cycle)
      .map(([, files]) => files.get(keyOf(product, leadText(lead)))).filter((delayS) => delayS !== undefined);
    if (delays.length < LEAST_RUNS) return null;
    const delayS = medianOf(delays);
    const distances = delays.map((each) => Math.abs(each - delayS)).sort((a, b) => b - a);
    const farthest = distances[distances.length < RUNS_WITH_OUTLIER ? 0 : 1]!;
    return { delayS, spreadS: Math.min(Math.max(farthest, MIN_SPREAD_S), MAX_SPREAD_S) };
  }

  /** Writes what was noted since the last call. @throws DiskError; the next change is written with it */
  async save(): Promise<void> {
    if (!this.#hasChanged) return;
    this.#hasChanged = false; // a full disk is reported once for each change, and not in each round
    const runs: Record<string, Record<string, Record<string, number>>> = {};
    for (const [run, files] of this.#delays) {
      for (const [key, delayS] of files) {
        const [product, frame] = key.split(" ") as [string, string];
        ((runs[run] ??= {})[product] ??= {})[frame] = delayS;
      }
    }
    await setAsideUnlessFile(this.#path);
    await writeJsonAtomically(this.#path, { runs });
  }

  #add(run: RunId, key: string, delayS: number): void {
    const cycle = cycleOf(this.#model, run);
    if (!cycle || !(delayS >= 0 && delayS <= longestDelayS(cycle))) return;
    let files = this.#delays.get(run);
    if (!files) this.#delays.set(run, files = new Map());
    files.set(key, delayS);
    this.#hasChanged = true;
    const alike = [...this.#delays.keys()].filter((other) => cycleOf(this.#model, other) === cycle).sort();
    for (const old of alike.slice(0, -KEPT_RUNS)) this.#delays.delete(old);
  }
}

/** Returns the path of a model's file of arrivals. */
export function arrivalsPath(dataRoot: string, model: ModelId): string {
  return `${dataRoot}/arrivals/${model}.json`;
}

/** Sets aside what is in the place of the folder, when it cannot be read as one. @throws DiskError */
async function makeRoom(folder: string): Promise<void> {
  try {
    await entryNames(folder);
  } catch {
    await setAside(folder);
  }
}

function longestDelayS({ lastFileMinutes }: Cycle): number {
  return (lastFileMinutes + LATE_MINUTES) * 60;
}

function keyOf(product: string, frame: string): string {
  return `${product} ${frame}`;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
