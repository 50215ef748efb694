import { LRUCache } from "lru-cache";
import type { z } from "zod";
import { PendingRequests } from "../concurrency/pending_requests.ts";
import type { Log } from "./log.ts";

/** Longest time for which a reader may see the state before a publication. */
const MAX_AGE_MS = 1000;

interface Entry<T> {
  readonly checkedAt: number;
  /** Time, inode and size of the file that was read; null when there was none, or its status cannot be read. */
  readonly version: string | null;
  readonly value: T | null;
  /** The reason that the file cannot be used; the value is then the last good one. */
  readonly problem: string | null;
}

/**
 * JSON files that another process replaces by renames. A file is checked at most once a second and parsed only when it
 * changed. A file that is damaged or cannot be read keeps its last good content; the log reports it once.
 */
export class JsonFileCache<T> {
  readonly #schema: z.ZodType<T>;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #entries: LRUCache<string, Entry<T>>;
  /** Limits each file to one check at a time: a disk that does not answer blocks one thread, not one per reader. */
  readonly #pending = new PendingRequests<T | null>();
  /** Number of times that a file was found damaged or unreadable. */
  damagedFiles = 0;

  /** @param now ms; a clock that is set back makes each file be checked again */
  constructor(schema: z.ZodType<T>, log: Log, maxFiles: number, now: () => number) {
    this.#schema = schema;
    this.#log = log;
    this.#now = now;
    this.#entries = new LRUCache({ max: maxFiles });
  }

  /** The content, or the last good one; null when there is neither. */
  async read(path: string): Promise<T | null> {
    const known = this.#entries.get(path);
    const now = this.#now();
    if (known && now >= known.checkedAt && now - known.checkedAt < MAX_AGE_MS) return known.value;
    return await this.#pending.join(path, () => this.#refresh(path, known, now));
  }

  async #refresh(path: string, known: Entry<T> | undefined, now: number): Promise<T | null> {
    const entry = await this.#load(path, known, now);
    this.#entries.set(path, entry);
    return entry.value;
  }

  /** Makes the next reader check the file again. */
  expire(path: string): void {
    const known = this.#entries.peek(path);
    if (known) this.#entries.set(path, { ...known, checkedAt: -Infinity });
  }

  /** The reason that a file could not be used when it was last read; null when it was usable or missing. */
  problem(path: string): string | null {
    return this.#entries.peek(path)?.problem ?? null;
  }

  async #load(path: string, known: Entry<T> | undefined, now: number): Promise<Entry<T>> {
    let version: string | null = null;
    try {
      version = await versionOf(path);
      if (known && version !== null && version === known.version) return { ...known, checkedAt: now };
      const value = version === null ? null : await this.#parse(path);
      return { checkedAt: now, version, value, problem: null };
    } catch (error) {
      const problem = reasonOf(error);
      const lastGood = known?.value ?? null;
      if (problem !== known?.problem) {
        this.damagedFiles++;
        this.#log.error("a file cannot be used", { path, reason: problem, keepsLastGood: lastGood !== null });
      }
      return { checkedAt: now, version, value: lastGood, problem };
    }
  }

  /** Reads and validates a file; null when it was just removed. */
  async #parse(path: string): Promise<T | null> {
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    return this.#schema.parse(JSON.parse(text));
  }
}

/** Limit on a file's size: a hundred times a model's manifest at present. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REASON = 200;

function reasonOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ");
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text;
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const { mtime, ino, size, isFile } = await Deno.stat(path);
    if (!isFile) throw new TypeError("it is not a file"); // opening a pipe would block forever
    if (size > MAX_BYTES) throw new RangeError(`it has ${size} bytes, more than ${MAX_BYTES}`);
    // A rename can land within one tick of the clock; the inode distinguishes the files.
    return `${mtime?.getTime()}:${ino}:${size}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
