import { LRUCache } from "lru-cache";
import { PendingRequests } from "../concurrency/pending_requests.ts";

/** Bounds file descriptors: of each kind of file at most so many are open. */
const MAX_OPEN_FILES = 128;

/** Open files by what they are, the ones used last. One opening per file at a time; a failure is not remembered. */
export class OpenFiles<T extends Disposable> {
  readonly #files = new LRUCache<string, T>({
    max: MAX_OPEN_FILES,
    // Reads are synchronous: none is under way.
    dispose: (file) => file[Symbol.dispose](),
  });
  readonly #pending = new PendingRequests<T>();

  get size(): number {
    return this.#files.size;
  }

  async get(key: string, open: () => Promise<T>): Promise<T> {
    return this.#files.get(key) ?? await this.#pending.join(key, async () => {
      const file = await open();
      this.#files.set(key, file);
      return file;
    });
  }

  /** Closes all of them. */
  clear(): void {
    this.#files.clear();
  }
}
