import { LRUCache } from "lru-cache";
import type { z } from "zod";
import type { Log } from "./log.ts";

/** How long a reader may see the state before a publication. */
const MAX_AGE_MS = 1000;

interface Entry<T> {
  readonly checkedAt: number;
  /** Time, inode and size of the file that was read, or null when there was none. */
  readonly version: string | null;
  readonly value: T | null;
}

/**
 * JSON files that another process replaces by renames. A file is looked at again at most once a second and parsed only
 * when it changed. A damaged file keeps its last good content, and the log says so.
 */
export class JsonFileCache<T> {
  readonly #schema: z.ZodType<T>;
  readonly #log: Log;
  readonly #entries: LRUCache<string, Entry<T>>;
  /** How often a file was read that is damaged. */
  damagedFiles = 0;

  constructor(schema: z.ZodType<T>, log: Log, maxFiles: number) {
    this.#schema = schema;
    this.#log = log;
    this.#entries = new LRUCache({ max: maxFiles });
  }

  /** The content, or null when there is no such file. */
  async read(path: string): Promise<T | null> {
    const known = this.#entries.get(path);
    const now = Date.now();
    if (known && now >= known.checkedAt && now - known.checkedAt < MAX_AGE_MS) return known.value;
    const version = await versionOf(path);
    if (known && version === known.version) {
      this.#entries.set(path, { ...known, checkedAt: now });
      return known.value;
    }
    const value = version === null ? null : await this.#parse(path, known?.value ?? null);
    this.#entries.set(path, { checkedAt: now, version, value });
    return value;
  }

  async #parse(path: string, lastGood: T | null): Promise<T | null> {
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch (error) {
      this.damagedFiles++;
      this.#log.error("damaged file", { path, reason: String(error), keepsLastGood: lastGood !== null });
      return lastGood;
    }
  }
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const { mtime, ino, size } = await Deno.stat(path);
    // A rename can land within one tick of the clock; the inode tells the files apart.
    return `${mtime?.getTime()}:${ino}:${size}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
