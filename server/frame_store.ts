import { LRUCache } from "lru-cache";
import { type FrameVersion, frameVersionOf, type VersionedFrame } from "../contract/frame_version.ts";
import type { FrameId } from "../contract/identity.ts";
import { frameGrids, modelGeometry } from "../contract/models.ts";
import { artifactPath, type DataRoots, locate } from "../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../contract/sidecar.ts";
import type { Manifest } from "../contract/manifest.ts";
import { PendingRequests } from "../concurrency/pending_requests.ts";
import type { Catalogue } from "./catalogue.ts";
import type { BlockCache } from "./cog/block_cache.ts";
import { ValueCog } from "./values/value_cog.ts";
import { BadArtifactError, BusyError, DamagedError, errorOfReading, NotPublishedError } from "./errors.ts";
import { FrameValues, parseValueMetadata } from "./values/frame_values.ts";
import { FrameVersions } from "./frame_versions.ts";
import { requireRegularFile } from "./regular_file.ts";
import type { ByteSpan } from "./http/range.ts";

const CHUNK_BYTES = 64 * 1024;
/** Limit on files that are being sent to slow clients: each has a descriptor and some hundred KB. */
const MAX_SENDING = 500;

const MAX_SIDECARS = 1024;

/** Bounds the memory for row indexes and labels of frames whose values were requested: some thousand frames. */
const MAX_VALUES_BYTES = 16 * 1024 * 1024;
/** Weight of a file that stays open, so that at most 256 are open. */
const OPEN_FILE_WEIGHT_BYTES = MAX_VALUES_BYTES / 256;
/** Weight of a cache entry and its key. */
const ENTRY_BYTES = 512;

/** Reader of published frames. Concurrent readers of the same data share one reading; a failure is not remembered. */
export class FrameStore {
  readonly #roots: DataRoots;
  readonly #catalogue: Catalogue;
  readonly #blocks: BlockCache;
  readonly #versions = new FrameVersions();
  readonly #sidecars = new LRUCache<string, Sidecar>({ max: MAX_SIDECARS });
  readonly #pendingSidecars = new PendingRequests<Sidecar>();
  readonly #values = new LRUCache<string, FrameValues>({
    maxSize: MAX_VALUES_BYTES,
    sizeCalculation: ({ byteLength, holdsFile }) => ENTRY_BYTES + byteLength + (holdsFile ? OPEN_FILE_WEIGHT_BYTES : 0),
    dispose: (values) => values[Symbol.dispose](),
  });
  /** Number of files that are being sent. */
  #sending = 0;
  /** Frames whose values are being opened. */
  readonly #pendingValues = new PendingRequests<FrameValues>();

  constructor(roots: DataRoots, catalogue: Catalogue, blocks: BlockCache) {
    this.#roots = roots;
    this.#catalogue = catalogue;
    this.#blocks = blocks;
  }

  /**
   * Reads the sidecar of a frame.
   * @throws NotPublishedError unless a manifest names the frame, with the requested version
   * @throws DamagedError
   */
  async sidecar(frame: VersionedFrame): Promise<Sidecar> {
    try {
      return await this.#listedSidecar(frame);
    } catch (error) {
      if (!(error instanceof DamagedError && error.cause instanceof OtherVersionError)) throw error;
      // The frame is damaged, unless it was built again since the manifest was read.
      await this.#catalogue.refresh(frame.model, frame.run);
      return await this.#listedSidecar(frame);
    }
  }

  async #listedSidecar(frame: VersionedFrame): Promise<Sidecar> {
    const { manifest, listed } = await this.#catalogue.requireFrame(frame);
    const version = await this.#versionIn(frame, manifest);
    return this.#sidecars.get(version) ?? await this.#pendingSidecars.join(version, async () => {
      const sidecar = await this.whilePublished(frame, readSidecar(sidecarPath(this.#roots, frame), listed.v));
      this.#sidecars.set(version, sidecar);
      return sidecar;
    });
  }

  /** Identifies a frame and its current bytes. @throws NotPublishedError unless a manifest names the frame */
  async version(frame: VersionedFrame): Promise<string> {
    const { manifest } = await this.#catalogue.requireFrame(frame);
    return await this.#versionIn(frame, manifest);
  }

  /**
   * Checks that the data read since `version` was determined belongs to that version. Files are replaced one by one;
   * the sidecar is the first to go and the last to come.
   * @throws NotPublishedError when the frame was removed or built again meanwhile
   */
  async requireCurrent(frame: VersionedFrame, version: string): Promise<void> {
    const isCurrent = await this.whilePublished(
      frame,
      this.#versions.isCurrent(sidecarPath(this.#roots, frame), version),
    );
    if (!isCurrent) throw NotPublishedError.frame(frame);
  }

  async #versionIn(frame: FrameId, manifest: Manifest): Promise<string> {
    const path = sidecarPath(this.#roots, frame);
    return this.#versions.known(path, manifest) ?? await this.whilePublished(frame, this.#readVersion(path, manifest));
  }

  async #readVersion(path: string, manifest: Manifest): Promise<string> {
    const { published } = this.#roots;
    const [real, realRoot] = await Promise.all([Deno.realPath(path), Deno.realPath(published)]);
    if (real !== realRoot + path.slice(published.length)) {
      throw new BadArtifactError(`"${path}" is reached through a symbolic link`);
    }
    return await this.#versions.read(path, manifest);
  }

  /** Path of the RGBA COG of a frame. */
  rgbaPath(frame: FrameId): string {
    return locate(this.#roots, artifactPath("published", frame, "rgba"));
  }

  /**
   * Waits for a reading of a frame's files. A file that retention just removed means that the frame is no longer
   * published; any other failure is damage.
   * @throws NotPublishedError, DamagedError or BusyError
   */
  async whilePublished<T>(frame: VersionedFrame, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw errorOfReading(frame, error);
    }
  }

  /**
   * Returns the values of a frame.
   * @throws NotPublishedError unless a manifest names the frame
   * @throws DamagedError
   */
  async publishedValues(frame: FrameId): Promise<FrameValues> {
    const { manifest } = await this.#catalogue.requireFrame(frame);
    return this.knownValues(frame, manifest) ?? await this.values(frame, manifest);
  }

  /** The values of a frame that a manifest names, if they are open already. */
  knownValues(frame: FrameId, manifest: Manifest): FrameValues | undefined {
    const version = this.#versions.known(sidecarPath(this.#roots, frame), manifest);
    return version === null ? undefined : this.#values.get(version);
  }

  /** The values of a frame that a manifest names. @throws NotPublishedError or DamagedError */
  async values(frame: FrameId, manifest: Manifest): Promise<FrameValues> {
    const key = await this.#versionIn(frame, manifest);
    return this.#values.get(key) ?? await this.#pendingValues.join(key, () => this.#openValues(frame, key));
  }

  async #openValues(frame: FrameId, key: string): Promise<FrameValues> {
    const geometry = modelGeometry(frame.model);
    if (!geometry) throw NotPublishedError.frame(frame);
    const sidecar = Deno.readTextFile(sidecarPath(this.#roots, frame)).then(parseValueMetadata);
    const metadata = await this.whilePublished(frame, sidecar);
    const path = locate(this.#roots, artifactPath("published", frame, "values"));
    const opening = ValueCog.open(path, this.#blocks, frameGrids(geometry, metadata.contract_version).values);
    const values = new FrameValues(frame, metadata, await this.whilePublished(frame, opening));
    try {
      await this.requireCurrent(frame, key); // the sidecar and the value COG are of one version
    } catch (error) {
      values[Symbol.dispose]();
      throw error;
    }
    this.#values.set(key, values);
    return values;
  }

  /**
   * Streams bytes of a COG of a frame. The file closes with the stream.
   * @param version of the frame, from when the size was determined
   * @param size of the file, from its sidecar
   * @throws NotPublishedError when the frame was removed or built again since
   * @throws DamagedError when the file has another size
   */
  async readFile(
    frame: VersionedFrame,
    version: string,
    kind: "rgba" | "values",
    size: number,
    { start, end }: ByteSpan,
  ): Promise<ReadableStream<Uint8Array>> {
    if (this.#sending >= MAX_SENDING) throw new BusyError(`${MAX_SENDING} files are being sent`, 5);
    const path = locate(this.#roots, artifactPath("published", frame, kind));
    await this.whilePublished(frame, requireRegularFile(path));
    const file = await this.whilePublished(frame, Deno.open(path));
    try {
      await this.requireCurrent(frame, version);
      await this.whilePublished(frame, requireSize(file, path, size));
    } catch (error) {
      file.close();
      throw error;
    }
    await file.seek(start, Deno.SeekMode.Start);
    this.#sending++;
    const finish = () => {
      this.#sending--;
      file.close();
    };
    let left = end - start;
    return new ReadableStream({
      type: "bytes",
      async pull(controller) {
        const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
        const reading = left === 0 ? null : file.read(chunk);
        const count = await reading?.catch((error) => {
          finish();
          throw error;
        }) ?? null;
        if (count !== null) {
          left -= count;
          controller.enqueue(chunk.subarray(0, count));
        } else if (left > 0) {
          finish();
          controller.error(new BadArtifactError(`A file of ${frame.var} ends ${left} bytes too early`));
        }
        if (left === 0) {
          finish();
          controller.close();
        }
      },
      cancel: finish,
    });
  }

  /** Bytes of decoded blocks of values. */
  get cachedBytes(): number {
    return this.#blocks.calculatedSize;
  }

  get openFiles(): number {
    return [...this.#values.values()].filter(({ holdsFile }) => holdsFile).length;
  }

  /** Closes all files and clears the caches. */
  clear(): void {
    this.close();
    this.#versions.clear();
    this.#sidecars.clear();
    this.#blocks.clear();
  }

  /** Closes all files. */
  close(): void {
    this.#values.clear();
  }
}

function sidecarPath(roots: DataRoots, frame: FrameId): string {
  return locate(roots, artifactPath("published", frame, "sidecar"));
}

/** A sidecar is not the one that its manifest names. */
class OtherVersionError extends Error {
  override readonly name = "OtherVersionError";
}

/**
 * Reads and checks a sidecar.
 * @param v version of the frame, if the manifest gives one
 */
async function readSidecar(path: string, v: FrameVersion | undefined): Promise<Sidecar> {
  const bytes = await Deno.readFile(path);
  const sidecar = sidecarSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  if (v !== undefined && await frameVersionOf(bytes) !== v) {
    throw new OtherVersionError(`"${path}" is not the sidecar of version ${v}, which its manifest names`);
  }
  return sidecar;
}

async function requireSize(file: Deno.FsFile, path: string, size: number): Promise<void> {
  const found = (await file.stat()).size;
  if (found === size) return;
  throw new BadArtifactError(`"${path}" has ${found} bytes, but its sidecar names ${size}`);
}
