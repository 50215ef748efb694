import { LRUCache } from "lru-cache";
import type { Manifest } from "../contract/manifest.ts";
import { BadArtifactError } from "./errors.ts";

/** Limit on a sidecar's size: a hundred times the largest at present. */
const MAX_SIDECAR_BYTES = 1024 * 1024;
/** Bounds memory: an entry is two short texts. */
const MAX_FRAMES = 16_384;

interface Known {
  /** Number of the manifest that listed the frame when its sidecar was checked. */
  readonly manifest: number;
  /** The sidecar's path, and the version of the file there. */
  readonly version: string;
}

/**
 * The current bytes of published frames, so that cached data is not used for other bytes. A frame that is repaired
 * leaves its manifest and comes back: its files are checked again only when the manifest has changed.
 */
export class FrameVersions {
  readonly #numbers = new WeakMap<Manifest, number>();
  readonly #known = new LRUCache<string, Known>({ max: MAX_FRAMES });
  #lastNumber = 0;

  /**
   * The identifier of a frame's bytes, by its sidecar's path; null when the files were not checked under this manifest.
   */
  known(path: string, manifest: Manifest): string | null {
    const known = this.#known.get(path);
    return known && known.manifest === this.#numberOf(manifest) ? known.version : null;
  }

  /** Reads the version from the disk and remembers it. @throws Deno.errors.NotFound */
  async read(path: string, manifest: Manifest): Promise<string> {
    const version = await versionNow(path);
    this.#known.set(path, { manifest: this.#numberOf(manifest), version });
    return version;
  }

  /** Whether a version is still the one on disk. An outdated version is forgotten. @throws Deno.errors.NotFound */
  async isCurrent(path: string, version: string): Promise<boolean> {
    if (await versionNow(path) === version) return true;
    this.#known.delete(path);
    return false;
  }

  clear(): void {
    this.#known.clear();
  }

  /** Number that stands for a manifest: a reference to the manifest itself would keep it in memory. */
  #numberOf(manifest: Manifest): number {
    let number = this.#numbers.get(manifest);
    if (number === undefined) this.#numbers.set(manifest, number = ++this.#lastNumber);
    return number;
  }
}

async function versionNow(path: string): Promise<string> {
  const { mtime, ino, size, isFile } = await Deno.stat(path);
  if (!isFile) throw new BadArtifactError(`"${path}" is not a file`); // opening a pipe would block forever
  if (size > MAX_SIDECAR_BYTES) {
    throw new BadArtifactError(`"${path}" has ${size} bytes, more than ${MAX_SIDECAR_BYTES}`);
  }
  // A rename can land within one tick of the clock; the inode distinguishes the files.
  return `${path}@${mtime?.getTime()}:${ino}:${size}`;
}
