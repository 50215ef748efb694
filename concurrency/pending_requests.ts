/**
 * Requests that are under way, by key: callers that ask for the same at the same time share one answer. Nothing is kept
 * once it is there, and a failure goes to all who wait for it.
 */
export class PendingRequests<T> {
  readonly #promises = new Map<string, Promise<T>>();

  has(key: string): boolean {
    return this.#promises.has(key);
  }

  /** @param start called when no request for the key is under way */
  join(key: string, start: () => Promise<T>): Promise<T> {
    const pending = this.#promises.get(key);
    if (pending) return pending;
    const promise = start().finally(() => this.#promises.delete(key));
    this.#promises.set(key, promise);
    return promise;
  }
}
