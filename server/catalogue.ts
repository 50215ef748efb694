import type { VersionedFrame } from "../contract/frame_version.ts";
import type { FrameId, ModelId, RunId } from "../contract/identity.ts";
import {
  type DroppedFrame,
  droppedFrame,
  type Latest,
  latestSchema,
  listedFrame,
  type Manifest,
  type ManifestFrame,
  manifestSchema,
} from "../contract/manifest.ts";
import { knownModels } from "../contract/models.ts";
import { type DataRoots, latestPath, locate, manifestPath, retiredManifestPath } from "../contract/paths.ts";
import { DamagedError, NotPublishedError } from "./errors.ts";
import { JsonFileCache } from "./json_file_cache.ts";
import type { Log } from "./log.ts";
import { entryNames, RunFolders } from "./run_folders.ts";

const MAX_MANIFESTS = 512;

/** A published file or folder that cannot be used. */
export interface Damage {
  readonly model: ModelId;
  readonly what: string;
  readonly reason: string;
}

/** The manifest of a run, and whether the run was retired: no list names it, and its frames are served for a while. */
export interface PublishedRun {
  readonly manifest: Manifest;
  readonly isRetired: boolean;
}

/**
 * The published frames, by the manifests alone: a file that no manifest names does not exist. Damage stays local: a
 * manifest that cannot be read hides its run, and a damaged pointer or folder only the changes of its model.
 */
export class Catalogue {
  readonly #roots: DataRoots;
  readonly #folders: RunFolders;
  readonly #manifests: JsonFileCache<Manifest>;
  readonly #pointers: JsonFileCache<Latest>;

  /** @param now ms, the time by which files are checked once a second */
  constructor(roots: DataRoots, log: Log, now: () => number = Date.now) {
    this.#roots = roots;
    this.#folders = new RunFolders(roots, log);
    this.#manifests = new JsonFileCache(manifestSchema, log, MAX_MANIFESTS, now);
    this.#pointers = new JsonFileCache(latestSchema, log, MAX_MANIFESTS, now);
  }

  /** Number of times that a manifest or a pointer was found damaged or unreadable. */
  get damagedFiles(): number {
    return this.#manifests.damagedFiles + this.#pointers.damagedFiles;
  }

  /** Checks that the folders of published data can be read. @throws Error naming the folder */
  async requireReadable(): Promise<void> {
    for (const folder of [this.#roots.manifests, this.#roots.published]) {
      try {
        await entryNames(folder);
      } catch (cause) {
        throw new Error(`Cannot read "${folder}": ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    }
  }

  /** Lists the published files and folders that cannot be used at present. */
  async damages(): Promise<Damage[]> {
    const damages: Damage[] = [];
    for (const { id: model } of knownModels()) {
      const note = (what: string, reason: string | null) => {
        if (reason !== null) damages.push({ model, what, reason });
      };
      const pointer = await this.#pointers.read(this.#pathOfLatest(model));
      const isAstray = pointer !== null && await this.#read(model, pointer.run_id) === null;
      const problem = this.#pointers.problem(this.#pathOfLatest(model));
      note("LATEST.json", problem ?? (isAstray ? `it names ${pointer.run_id}, which cannot be read` : null));
      for (const run of await this.#folders.runs(model)) {
        await this.#read(model, run);
        note(`manifest of ${run}`, this.#manifests.problem(this.#pathOf(model, run)));
      }
      note("folder of manifests", this.#folders.problem(model));
    }
    return damages;
  }

  /**
   * Returns the manifest of a run, which may be retired.
   * @throws NotPublishedError
   * @throws DamagedError when the manifest cannot be used and no good content was read before
   */
  async manifest(model: ModelId, run: RunId): Promise<Manifest> {
    return (await this.run(model, run)).manifest;
  }

  /** Returns a run, which may be retired. @throws NotPublishedError or DamagedError, as `manifest` does */
  async run(model: ModelId, run: RunId): Promise<PublishedRun> {
    const manifest = await this.#read(model, run);
    if (manifest !== null) return { manifest, isRetired: false };
    if (this.#manifests.problem(this.#pathOf(model, run)) !== null) throw DamagedError.run(model, run);
    const retired = await this.#readRetired(model, run);
    if (retired !== null) return { manifest: retired, isRetired: true };
    this.#manifests.expire(this.#pathOf(model, run)); // it may have been taken back since
    const again = await this.#read(model, run);
    if (again !== null) return { manifest: again, isRetired: false };
    throw new NotPublishedError(`No run ${run} of ${model} is published`);
  }

  /** All runs of a model, newest first, except those damaged from the start and those just removed. */
  async runs(model: ModelId): Promise<Manifest[]> {
    const runs = await this.#folders.runs(model);
    const manifests = await Promise.all(runs.map((run) => this.#read(model, run)));
    return manifests.filter((manifest) => manifest !== null);
  }

  /** The retired runs of a model, newest first: for requests that name frames otherwise than by their run. */
  async retiredRuns(model: ModelId): Promise<Manifest[]> {
    const runs = await this.#folders.retired(model);
    const manifests = await Promise.all(runs.map((run) => this.#readRetired(model, run)));
    return manifests.filter((manifest) => manifest !== null);
  }

  /**
   * The latest run of a model, or null before the first promotion. When the pointer is damaged and was never read
   * before, or names a run that does not exist, the newest complete run takes its place, or the newest run that has
   * frames.
   */
  async latest(model: ModelId): Promise<RunId | null> {
    const pointer = await this.#pointers.read(this.#pathOfLatest(model));
    if (pointer !== null && await this.#read(model, pointer.run_id) !== null) return pointer.run_id;
    if (pointer === null && this.#pointers.problem(this.#pathOfLatest(model)) === null) return null;
    const runs = await this.runs(model);
    const hasFrames = ({ variables }: Manifest) => Object.values(variables).some(({ frames }) => frames.length > 0);
    return (runs.find(({ complete }) => complete) ?? runs.find(hasFrames))?.run ?? null;
  }

  /** Returns the run itself, or the run that `latest` stands for. @throws NotPublishedError */
  async resolveRun(model: ModelId, run: RunId | "latest"): Promise<RunId> {
    if (run !== "latest") return run;
    const latest = await this.latest(model);
    if (latest === null) throw new NotPublishedError(`Model ${model} has no latest run yet`);
    return latest;
  }

  /**
   * Returns a manifest and its entry for a frame, which may have been dropped a short time ago.
   * @throws NotPublishedError unless a manifest names the frame, with the requested version
   * @throws DamagedError when its manifest cannot be used
   */
  async requireFrame(frame: VersionedFrame): Promise<{ manifest: Manifest; listed: ManifestFrame | DroppedFrame }> {
    const known = await this.#listed(frame);
    if (frame.v === undefined || frame.v === known.listed?.v) return requireListed(frame, known);
    // The client may have the version from another process that read the manifest earlier than this one.
    await this.refresh(frame.model, frame.run);
    const found = requireListed(frame, await this.#listed(frame));
    if (frame.v !== found.listed.v) throw NotPublishedError.frame(frame);
    return found;
  }

  async #listed(frame: FrameId): Promise<{ manifest: Manifest; listed: ManifestFrame | DroppedFrame | undefined }> {
    const manifest = await this.manifest(frame.model, frame.run);
    return { manifest, listed: listedFrame(manifest, frame) ?? droppedFrame(manifest, frame) };
  }

  /** Reads a run's manifest again now: cached content, up to a second old, may be out of date. */
  async refresh(model: ModelId, run: RunId): Promise<void> {
    this.#manifests.expire(this.#pathOf(model, run));
    this.#manifests.expire(this.#retiredPathOf(model, run));
    await this.#read(model, run);
  }

  #read(model: ModelId, run: RunId): Promise<Manifest | null> {
    return this.#manifests.read(this.#pathOf(model, run));
  }

  #readRetired(model: ModelId, run: RunId): Promise<Manifest | null> {
    return this.#manifests.read(this.#retiredPathOf(model, run));
  }

  #retiredPathOf(model: ModelId, run: RunId): string {
    return locate(this.#roots, retiredManifestPath(model, run));
  }

  #pathOf(model: ModelId, run: RunId): string {
    return locate(this.#roots, manifestPath(model, run));
  }

  #pathOfLatest(model: ModelId): string {
    return locate(this.#roots, latestPath(model));
  }
}

function requireListed(
  frame: VersionedFrame,
  { manifest, listed }: { manifest: Manifest; listed: ManifestFrame | DroppedFrame | undefined },
): { manifest: Manifest; listed: ManifestFrame | DroppedFrame } {
  if (!listed) throw NotPublishedError.frame(frame);
  return { manifest, listed };
}
