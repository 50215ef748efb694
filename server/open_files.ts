import { LRUCache } from "lru-cache";

/** Bounds file descriptors: of each kind of file at most so many are open. */
const MAX_OPEN_FILES = 128;

/** Open files by what they are, the ones used last. One opening per file at a time; a failure is not remembered. */
export class OpenFiles<T extends Disposable> {
  readonly #files = new LRUCache<string, Promise<T>>({
    max: MAX_OPEN_FILES,
    // Reads are synchronous: nobody is in the middle of one.
    dispose: (file) => void file.then((file) => file[Symbol.dispose](), () => undefined),
  });

  get size(): number {
    return this.#files.size;
  }

  get(key: string, open: () => Promise<T>): Promise<T> {
    const known = this.#files.get(key);
    if (known) return known;
    const opening = open();
    this.#files.set(key, opening);
    opening.catch(() => this.#files.delete(key));
    return opening;
  }

  /** Closes all of them. */
  clear(): void {
    this.#files.clear();
  }
}
