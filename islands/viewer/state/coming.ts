/** What is on its way, by what it is: those who ask meanwhile get the same answer. */
export class Coming<T> {
  readonly #promises = new Map<string, Promise<T>>();

  has(key: string): boolean {
    return this.#promises.has(key);
  }

  /** @param ask what is done when it is not on its way already; its error goes to all who wait */
  join(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#promises.get(key);
    if (known) return known;
    const promise = ask().finally(() => this.#promises.delete(key));
    this.#promises.set(key, promise);
    return promise;
  }
}
