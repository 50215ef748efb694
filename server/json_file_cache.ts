import { LRUCache } from "lru-cache";
import type { z } from "zod";
import { PendingRequests } from "../concurrency/pending_requests.ts";
import type { Log } from "./log.ts";

/** How long a reader may see the state before a publication. */
const MAX_AGE_MS = 1000;

interface Entry<T> {
  readonly checkedAt: number;
  /** Time, inode and size of the file that was read; null when there was none, or it cannot be looked at. */
  readonly version: string | null;
  readonly value: T | null;
  /** Why the file cannot be used. The value is then the last good one. */
  readonly problem: string | null;
}

/**
 * JSON files that another process replaces by renames. A file is looked at again at most once a second and parsed only
 * when it changed. One that is damaged, or cannot be read, keeps its last good content; the log says so once.
 */
export class JsonFileCache<T> {
  readonly #schema: z.ZodType<T>;
  readonly #log: Log;
  readonly #entries: LRUCache<string, Entry<T>>;
  /** One look at a file at a time: a disk that does not answer holds up one thread, and not one for each reader. */
  readonly #pending = new PendingRequests<T | null>();
  /** How often a file was found damaged or unreadable. */
  damagedFiles = 0;

  constructor(schema: z.ZodType<T>, log: Log, maxFiles: number) {
    this.#schema = schema;
    this.#log = log;
    this.#entries = new LRUCache({ max: maxFiles });
  }

  /** The content, or the last good one; null when there is neither. */
  async read(path: string): Promise<T | null> {
    const known = this.#entries.get(path);
    const now = Date.now();
    if (known && now >= known.checkedAt && now - known.checkedAt < MAX_AGE_MS) return known.value;
    return await this.#pending.join(path, () => this.#refresh(path, known, now));
  }

  async #refresh(path: string, known: Entry<T> | undefined, now: number): Promise<T | null> {
    const entry = await this.#load(path, known, now);
    this.#entries.set(path, entry);
    return entry.value;
  }

  /** The next reader looks at the file again. */
  expire(path: string): void {
    const known = this.#entries.peek(path);
    if (known) this.#entries.set(path, { ...known, checkedAt: -Infinity });
  }

  /** Why a file could not be used when it was read last; null when it could, or was not there. */
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

  /** Null when it was removed a moment ago. */
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

/** A hundred times the manifest of a model of today. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REASON = 200;

function reasonOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ");
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text;
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const { mtime, ino, size, isFile } = await Deno.stat(path);
    if (!isFile) throw new TypeError("it is not a file"); // to open a pipe would wait for ever
    if (size > MAX_BYTES) throw new RangeError(`it has ${size} bytes, more than ${MAX_BYTES}`);
    // A rename can land within one tick of the clock; the inode tells the files apart.
    return `${mtime?.getTime()}:${ino}:${size}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
