import { LRUCache } from "lru-cache";
import { PendingRequests } from "../concurrency/pending_requests.ts";

/** Limit on the open files of each kind, which bounds file descriptors. */
const MAX_OPEN_FILES = 128;

/** The most recently used open files, by key. Concurrent openings of a file share one; a failure is not remembered. */
export class OpenFiles<T extends Disposable> {
  readonly #files = new LRUCache<string, T>({
    max: MAX_OPEN_FILES,
    // Reads are synchronous, so none is pending here.
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

  /** Closes all files. */
  clear(): void {
    this.#files.clear();
  }
}
