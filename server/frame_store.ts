import { LRUCache } from "lru-cache";
import type { FrameId } from "../contract/identity.ts";
import { modelGeometry } from "../contract/models.ts";
import { artifactPath, type DataRoots, locate } from "../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../contract/sidecar.ts";
import type { Catalogue } from "./catalogue.ts";
import type { BlockCache } from "./cog/picture.ts";
import { Values } from "./cog/values.ts";
import { BadArtifactError, NotPublishedError } from "./errors.ts";
import { FrameValues, parseFrameWords } from "./frame_values.ts";
import type { ByteSpan } from "./http/range.ts";

const CHUNK_BYTES = 64 * 1024;

const MAX_SIDECARS = 1024;

/** Bounds the indexes and labels of frames whose values were asked for: some thousands of frames. */
const MAX_VALUES_BYTES = 16 * 1024 * 1024;
/** Weighs a file that stays open, so that there are 256 of them at the most. */
const OPEN_FILE_WEIGHT_BYTES = MAX_VALUES_BYTES / 256;
/** Weighs an entry of a cache and its key. */
const ENTRY_BYTES = 512;

/** What is read of published frames. One reading at a time of each; a failure is not remembered. */
export class FrameStore {
  readonly #roots: DataRoots;
  readonly #catalogue: Catalogue;
  readonly #blocks: BlockCache;
  readonly #sidecars = new LRUCache<string, Promise<Sidecar>>({ max: MAX_SIDECARS });
  readonly #values = new LRUCache<string, FrameValues>({
    maxSize: MAX_VALUES_BYTES,
    sizeCalculation: ({ byteLength, holdsFile }) => ENTRY_BYTES + byteLength + (holdsFile ? OPEN_FILE_WEIGHT_BYTES : 0),
    dispose: (values) => values[Symbol.dispose](),
  });
  /** Frames whose values are being opened, by path. */
  readonly #opening = new Map<string, Promise<FrameValues>>();

  constructor(roots: DataRoots, catalogue: Catalogue, blocks: BlockCache) {
    this.#roots = roots;
    this.#catalogue = catalogue;
    this.#blocks = blocks;
  }

  /** @throws NotPublishedError unless a manifest names the frame */
  async sidecar(frame: FrameId): Promise<Sidecar> {
    await this.#catalogue.requireFrame(frame);
    const path = locate(this.#roots, artifactPath("published", frame, "sidecar"));
    return await once(
      this.#sidecars,
      path,
      async () => sidecarSchema.parse(JSON.parse(await this.whilePublished(frame, Deno.readTextFile(path)))),
    );
  }

  /** Where the styled picture of a frame is. */
  picturePath(frame: FrameId): string {
    return locate(this.#roots, artifactPath("published", frame, "rgba"));
  }

  /** A file that a retention run removed a moment ago is a frame that is not published any more. @throws NotPublishedError */
  async whilePublished<T>(frame: FrameId, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw NotPublishedError.frame(frame);
      throw error;
    }
  }

  /** @throws NotPublishedError unless a manifest names the frame */
  async publishedValues(frame: FrameId): Promise<FrameValues> {
    await this.#catalogue.requireFrame(frame);
    return this.knownValues(frame) ?? await this.values(frame);
  }

  /** The values of a frame that the caller knows to be published, where they are open already. */
  knownValues(frame: FrameId): FrameValues | undefined {
    return this.#values.get(artifactPath("published", frame, "values"));
  }

  /** The values of a frame that the caller knows to be published. */
  values(frame: FrameId): Promise<FrameValues> {
    const key = artifactPath("published", frame, "values");
    const known = this.#opening.get(key);
    if (known) return known;
    const opening = this.#openValues(frame, key).finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  async #openValues(frame: FrameId, key: string): Promise<FrameValues> {
    const geometry = modelGeometry(frame.model);
    if (!geometry) throw NotPublishedError.frame(frame);
    const sidecar = locate(this.#roots, artifactPath("published", frame, "sidecar"));
    const words = parseFrameWords(await this.whilePublished(frame, Deno.readTextFile(sidecar)));
    const opening = Values.open(locate(this.#roots, key), this.#blocks, geometry.grids.value);
    const values = new FrameValues(frame, words, await this.whilePublished(frame, opening));
    this.#values.set(key, values);
    return values;
  }

  /** Bytes of a COG of a frame that the caller knows to be published, as they are read. The file closes with the stream. */
  async readFile(
    frame: FrameId,
    kind: "rgba" | "values",
    { start, end }: ByteSpan,
  ): Promise<ReadableStream<Uint8Array>> {
    const file = await this.whilePublished(
      frame,
      Deno.open(locate(this.#roots, artifactPath("published", frame, kind))),
    );
    await file.seek(start, Deno.SeekMode.Start);
    let left = end - start;
    return new ReadableStream({
      type: "bytes",
      async pull(controller) {
        const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
        const count = left === 0 ? null : await file.read(chunk);
        if (count !== null) {
          left -= count;
          controller.enqueue(chunk.subarray(0, count));
        } else if (left > 0) {
          file.close();
          controller.error(new BadArtifactError(`A file of ${frame.var} ends ${left} bytes too early`));
        }
        if (left === 0) {
          file.close();
          controller.close();
        }
      },
      cancel: () => file.close(),
    });
  }

  /** Bytes of decoded blocks of values. */
  get cachedBytes(): number {
    return this.#blocks.calculatedSize;
  }

  get openFiles(): number {
    return [...this.#values.values()].filter(({ holdsFile }) => holdsFile).length;
  }

  /** Closes all files, and forgets what was read of them. */
  clear(): void {
    this.close();
    this.#sidecars.clear();
    this.#blocks.clear();
  }

  /** Closes all files. */
  close(): void {
    this.#values.clear();
  }
}

function once<T>(cache: LRUCache<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known) return known;
  const loading = load();
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
}
