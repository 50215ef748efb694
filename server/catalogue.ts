import { type FrameId, type ModelId, type RunId, runIdSchema } from "../contract/identity.ts";
import { hasFrame, type Latest, latestSchema, type Manifest, manifestSchema } from "../contract/manifest.ts";
import {
  type DataRoots,
  latestPath,
  locate,
  manifestDirectory,
  manifestPath,
  runOfManifestName,
} from "../contract/paths.ts";
import { NotPublishedError } from "./errors.ts";
import { JsonFileCache } from "./json_file_cache.ts";
import type { Log } from "./log.ts";

const MAX_MANIFESTS = 512;

/** What is published, by the manifests alone: a file that no manifest names does not exist. */
export class Catalogue {
  readonly #roots: DataRoots;
  readonly #manifests: JsonFileCache<Manifest>;
  readonly #pointers: JsonFileCache<Latest>;

  constructor(roots: DataRoots, log: Log) {
    this.#roots = roots;
    this.#manifests = new JsonFileCache(manifestSchema, log, MAX_MANIFESTS);
    this.#pointers = new JsonFileCache(latestSchema, log, MAX_MANIFESTS);
  }

  /** How often a manifest or a pointer was read that is damaged. */
  get damagedFiles(): number {
    return this.#manifests.damagedFiles + this.#pointers.damagedFiles;
  }

  /** Makes sure that what is published can be read. @throws Error naming the folder */
  async requireReadable(): Promise<void> {
    for (const folder of [this.#roots.manifests, this.#roots.published]) {
      try {
        await fileNames(folder);
      } catch (cause) {
        throw new Error(`Cannot read "${folder}": ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    }
  }

  /** @throws NotPublishedError */
  async manifest(model: ModelId, run: RunId): Promise<Manifest> {
    const manifest = await this.#read(model, run);
    if (manifest === null) throw new NotPublishedError(`No run ${run} of ${model} is published`);
    return manifest;
  }

  /** All runs of a model, newest first. */
  async runs(model: ModelId): Promise<Manifest[]> {
    const names = await fileNames(locate(this.#roots, manifestDirectory(model)));
    const runs = names
      .map((name) => runIdSchema.safeParse(runOfManifestName(name)))
      .filter((parsed) => parsed.success)
      .map((parsed) => parsed.data)
      .sort()
      .reverse();
    const manifests = await Promise.all(runs.map((run) => this.#read(model, run)));
    // One that is damaged from the start, or was removed a moment ago, takes no other run with it.
    return manifests.filter((manifest) => manifest !== null);
  }

  /** The run readers see first, or null before the first promotion. */
  async latest(model: ModelId): Promise<RunId | null> {
    return (await this.#pointers.read(locate(this.#roots, latestPath(model))))?.run_id ?? null;
  }

  /** The run itself, or what `latest` stands for. @throws NotPublishedError */
  async resolveRun(model: ModelId, run: RunId | "latest"): Promise<RunId> {
    if (run !== "latest") return run;
    const latest = await this.latest(model);
    if (latest === null) throw new NotPublishedError(`Model ${model} has no latest run yet`);
    return latest;
  }

  /** @throws NotPublishedError unless a manifest names the frame */
  async requireFrame(frame: FrameId): Promise<Manifest> {
    const manifest = await this.#read(frame.model, frame.run);
    if (manifest === null || !hasFrame(manifest, frame)) throw NotPublishedError.frame(frame);
    return manifest;
  }

  #read(model: ModelId, run: RunId): Promise<Manifest | null> {
    return this.#manifests.read(locate(this.#roots, manifestPath(model, run)));
  }
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).filter((entry) => entry.isFile).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
