import { LRUCache } from "lru-cache";
import type { Manifest } from "../contract/manifest.ts";
import { BadArtifactError } from "./errors.ts";

/** A hundred times the largest of today. */
const MAX_SIDECAR_BYTES = 1024 * 1024;
/** Bounds memory: an entry is two short texts. */
const MAX_FRAMES = 16_384;

interface Known {
  /** Which manifest listed the frame when it was looked at. */
  readonly manifest: number;
  /** The sidecar's place, and the version of what is there. */
  readonly version: string;
}

/**
 * Which bytes a published frame has, so that what is kept of it is not used for others. A frame that is repaired leaves its
 * manifest and comes back: its files are looked at again when the manifest is another one, and only then.
 */
export class FrameVersions {
  readonly #numbers = new WeakMap<Manifest, number>();
  readonly #known = new LRUCache<string, Known>({ max: MAX_FRAMES });
  #lastNumber = 0;

  /** What names a frame and its bytes, by its sidecar's path; null when it has to be looked at, under this manifest. */
  known(path: string, manifest: Manifest): string | null {
    const known = this.#known.get(path);
    return known && known.manifest === this.#numberOf(manifest) ? known.version : null;
  }

  /** @throws Deno.errors.NotFound */
  async read(path: string, manifest: Manifest): Promise<string> {
    const version = await versionNow(path);
    this.#known.set(path, { manifest: this.#numberOf(manifest), version });
    return version;
  }

  /** Whether a version is still the one on disk. One that is not is looked at again. @throws Deno.errors.NotFound */
  async isCurrent(path: string, version: string): Promise<boolean> {
    if (await versionNow(path) === version) return true;
    this.#known.delete(path);
    return false;
  }

  clear(): void {
    this.#known.clear();
  }

  /** A manifest itself would be kept in memory by what refers to it. */
  #numberOf(manifest: Manifest): number {
    let number = this.#numbers.get(manifest);
    if (number === undefined) this.#numbers.set(manifest, number = ++this.#lastNumber);
    return number;
  }
}

async function versionNow(path: string): Promise<string> {
  const { mtime, ino, size, isFile } = await Deno.stat(path);
  if (!isFile) throw new BadArtifactError(`"${path}" is not a file`); // to open a pipe would wait for ever
  if (size > MAX_SIDECAR_BYTES) {
    throw new BadArtifactError(`"${path}" has ${size} bytes, more than ${MAX_SIDECAR_BYTES}`);
  }
  // A rename can land within one tick of the clock; the inode tells the files apart.
  return `${path}@${mtime?.getTime()}:${ino}:${size}`;
}
