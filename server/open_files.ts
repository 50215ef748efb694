import { LRUCache } from "lru-cache";

/** Bounds file descriptors: of each kind of file at most so many are open. */
const MAX_OPEN_FILES = 128;

/** Open files by path, the ones used last. One opening per file at a time; a failure is not remembered. */
export class OpenFiles<T extends Disposable> {
  readonly #files = new LRUCache<string, Promise<T>>({
    max: MAX_OPEN_FILES,
    // Reads are synchronous: nobody is in the middle of one.
    dispose: (file) => void file.then((file) => file[Symbol.dispose](), () => undefined),
  });

  get size(): number {
    return this.#files.size;
  }

  get(path: string, open: (path: string) => Promise<T>): Promise<T> {
    const known = this.#files.get(path);
    if (known) return known;
    const opening = open(path);
    this.#files.set(path, opening);
    opening.catch(() => this.#files.delete(path));
    return opening;
  }

  /** Closes all of them. */
  clear(): void {
    this.#files.clear();
  }
}
