import { type ModelId, type RunId, runIdSchema } from "../contract/identity.ts";
import { type DataRoots, locate, manifestDirectory, runOfManifestName, runOfRetiredName } from "../contract/paths.ts";
import type { Log } from "./log.ts";

interface Listing {
  readonly runs: readonly RunId[];
  readonly retired: readonly RunId[];
  /** The reason that the folder cannot be read; the runs are then those of the last successful listing. */
  readonly problem: string | null;
}

const NOTHING: Listing = { runs: [], retired: [], problem: null };

/** The runs that have a manifest, by model. An unreadable folder keeps its last listing; the log reports it once. */
export class RunFolders {
  readonly #roots: DataRoots;
  readonly #log: Log;
  readonly #last = new Map<ModelId, Listing>();

  constructor(roots: DataRoots, log: Log) {
    this.#roots = roots;
    this.#log = log;
  }

  /** Runs of a model, newest first. */
  async runs(model: ModelId): Promise<readonly RunId[]> {
    return (await this.#list(model)).runs;
  }

  /** Retired runs of a model, newest first. */
  async retired(model: ModelId): Promise<readonly RunId[]> {
    return (await this.#list(model)).retired;
  }

  async #list(model: ModelId): Promise<Listing> {
    const last = this.#last.get(model) ?? NOTHING;
    let listing: Listing;
    try {
      const names = await entryNames(locate(this.#roots, manifestDirectory(model)));
      listing = {
        runs: runsNamed(names, runOfManifestName),
        retired: runsNamed(names, runOfRetiredName),
        problem: null,
      };
    } catch (error) {
      listing = { ...last, problem: error instanceof Error ? error.message : String(error) };
      if (listing.problem !== last.problem) {
        this.#log.error("the manifests of a model cannot be listed", { model, reason: listing.problem });
      }
    }
    this.#last.set(model, listing);
    return listing;
  }

  /** The reason that the last listing of a model's runs failed, or null. */
  problem(model: ModelId): string | null {
    return this.#last.get(model)?.problem ?? null;
  }
}

/** The runs that file names stand for. Only names count here: a bad manifest is reported by the code that reads it. */
function runsNamed(names: readonly string[], runOf: (name: string) => string | null): RunId[] {
  return names.map((name) => runIdSchema.safeParse(runOf(name)))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data)
    .sort()
    .reverse();
}

/** Names in a folder; none when the folder does not exist. @throws when the folder cannot be read */
export async function entryNames(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
