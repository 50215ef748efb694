/**
 * Pending requests by key: callers that ask for the same key at the same time share one answer. An answer is not kept
 * once it has arrived, and a failure goes to every caller that waits for it.
 */
export class PendingRequests<T> {
  readonly #promises = new Map<string, Promise<T>>();

  has(key: string): boolean {
    return this.#promises.has(key);
  }

  /**
   * Returns the pending promise of the key, or starts one.
   * @param start called when no request for the key is pending
   */
  join(key: string, start: () => Promise<T>): Promise<T> {
    const pending = this.#promises.get(key);
    if (pending) return pending;
    const promise = start().finally(() => this.#promises.delete(key));
    this.#promises.set(key, promise);
    return promise;
  }
}
