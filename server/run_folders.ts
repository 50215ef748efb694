import { type ModelId, type RunId, runIdSchema } from "../contract/identity.ts";
import { type DataRoots, locate, manifestDirectory, runOfManifestName } from "../contract/paths.ts";
import type { Log } from "./log.ts";

interface Listing {
  readonly runs: readonly RunId[];
  /** Why the folder cannot be read. The runs are then those that were seen last. */
  readonly problem: string | null;
}

const NOTHING: Listing = { runs: [], problem: null };

/** Which runs each model has a manifest of. A folder that cannot be read keeps what was seen last; the log says so once. */
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
    const last = this.#last.get(model) ?? NOTHING;
    let listing: Listing;
    try {
      listing = { runs: runsNamed(await entryNames(locate(this.#roots, manifestDirectory(model)))), problem: null };
    } catch (error) {
      listing = { runs: last.runs, problem: error instanceof Error ? error.message : String(error) };
      if (listing.problem !== last.problem) {
        this.#log.error("the manifests of a model cannot be listed", { model, reason: listing.problem });
      }
    }
    this.#last.set(model, listing);
    return listing.runs;
  }

  /** Why the runs of a model could not be listed when they were last asked for. */
  problem(model: ModelId): string | null {
    return this.#last.get(model)?.problem ?? null;
  }
}

/** Anything with a manifest's name is one: what cannot be read of it is told where it is read. */
function runsNamed(names: readonly string[]): RunId[] {
  return names.map((name) => runIdSchema.safeParse(runOfManifestName(name)))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data)
    .sort()
    .reverse();
}

/** Names in a folder; none when it is not there. @throws when it cannot be read */
export async function entryNames(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
