import { LRUCache } from "lru-cache";
import type { FrameId } from "../contract/identity.ts";
import { modelGeometry } from "../contract/models.ts";
import { artifactPath, type DataRoots, locate } from "../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../contract/sidecar.ts";
import type { Catalogue } from "./catalogue.ts";
import { type BlockCache, Picture } from "./cog/picture.ts";
import { Values } from "./cog/values.ts";
import { BadArtifactError, NotPublishedError } from "./errors.ts";
import type { ByteSpan } from "./http/range.ts";

const CHUNK_BYTES = 64 * 1024;

/** Bounds file descriptors: two a frame. */
const MAX_OPEN_FRAMES = 256;

/** Opened frames. One opening per frame at a time; a failure is not remembered. */
export class FrameStore {
  readonly #roots: DataRoots;
  readonly #catalogue: Catalogue;
  readonly #blocks: BlockCache;
  readonly #sidecars = new LRUCache<string, Promise<Sidecar>>({ max: MAX_OPEN_FRAMES * 4 });
  readonly #pictures = openFiles<Picture>();
  readonly #values = openFiles<Values>();

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
      async () => sidecarSchema.parse(JSON.parse(await readPublished(path, frame))),
    );
  }

  /** The styled picture of a frame that the caller knows to be published. */
  picture(frame: FrameId): Promise<Picture> {
    const path = locate(this.#roots, artifactPath("published", frame, "rgba"));
    return once(this.#pictures, path, () => opened(frame, Picture.open(path, this.#blocks)));
  }

  /** The values of a frame that the caller knows to be published. */
  values(frame: FrameId): Promise<Values> {
    const path = locate(this.#roots, artifactPath("published", frame, "values"));
    const geometry = modelGeometry(frame.model);
    if (!geometry) throw NotPublishedError.frame(frame);
    return once(this.#values, path, () => opened(frame, Values.open(path, this.#blocks, geometry.grids.value)));
  }

  /** Bytes of a COG of a frame that the caller knows to be published, as they are read. The file closes with the stream. */
  async readFile(
    frame: FrameId,
    kind: "rgba" | "values",
    { start, end }: ByteSpan,
  ): Promise<ReadableStream<Uint8Array>> {
    const file = await opened(frame, Deno.open(locate(this.#roots, artifactPath("published", frame, kind))));
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

  /** Bytes of decoded blocks. */
  get cachedBytes(): number {
    return this.#blocks.calculatedSize;
  }

  get openFiles(): number {
    return this.#pictures.size + this.#values.size;
  }

  /** Closes all files, and forgets what was read of them. */
  clear(): void {
    this.close();
    this.#sidecars.clear();
    this.#blocks.clear();
  }

  /** Closes all files. */
  close(): void {
    this.#pictures.clear();
    this.#values.clear();
  }
}

function openFiles<T extends Disposable>(): LRUCache<string, Promise<T>> {
  return new LRUCache({
    max: MAX_OPEN_FRAMES,
    // A file that somebody holds closes when it is let go; reads are synchronous, so nobody else is in the middle of one.
    dispose: (file) => void file.then((file) => file[Symbol.dispose](), () => undefined),
  });
}

function once<T>(cache: LRUCache<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known) return known;
  const loading = load();
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
}

/** A file that a retention run removed a moment ago is a frame that is not published any more. */
async function opened<T>(frame: FrameId, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw NotPublishedError.frame(frame);
    throw error;
  }
}

function readPublished(path: string, frame: FrameId): Promise<string> {
  return opened(frame, Deno.readTextFile(path));
}
