/**
 * A cache of the entries used last, by key, up to a total weight. A `Map` keeps the order of insertion, so that the
 * oldest entry is the first. The server uses lru-cache; for the page that would be a third of its own code, with
 * options that the page does not use.
 */
export class LruCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #maxWeight: number;
  readonly #weigh: (entry: T) => number;
  #weight = 0;

  /** Creates an empty cache. @param weigh by default each entry weighs 1 */
  constructor(maxWeight: number, weigh: (entry: T) => number = () => 1) {
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key); // moves to the end again
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: T): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#weight += this.#weigh(entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#maxWeight) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= this.#weigh(entry);
  }
}
