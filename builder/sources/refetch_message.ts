import { createHash } from "node:crypto";
import { printable } from "../../contract/printable.ts";
import type { Receipt } from "../../contract/sidecar.ts";
import { type Bytes, MAX_MESSAGE_BYTES } from "../grib/messages.ts";
import type { Source } from "../models/model.ts";
import { storeOf } from "./file_reader.ts";
import type { RetryPolicy } from "./http_store.ts";
import { type RangeObject, rangeText } from "./object_store.ts";
import { askingOrder, noteFailure, noteSuccess } from "./source_health.ts";
import { SourceError } from "./source_error.ts";

/**
 * Reason why a receipt cannot be confirmed:
 * - `upstream changed`: the source has other bytes in that range;
 * - `upstream gone`: the object is no longer there, or is shorter;
 * - `unreachable`: the source gave no proper answer;
 * - `not allowed`: the receipt's URL is not one that a source of the model has for this message.
 */
export type RefetchFailure = "upstream changed" | "upstream gone" | "unreachable" | "not allowed";

/** The bytes of a receipt, fetched again and equal to those that were published, or the reason why there are none. */
export type RefetchedMessage =
  | { readonly bytes: Bytes; readonly etag: string | null }
  | { readonly failure: RefetchFailure; readonly problem: string };

export interface RefetchOptions {
  /** The sources that may be asked. */
  readonly sources: readonly Source[];
  readonly signal: AbortSignal;
  readonly retryPolicy: RetryPolicy;
}

/**
 * Fetches messages again by their receipts, and compares length and hash. A range that several frames name is fetched
 * once. A receipt's URL is only compared: the request goes to the URL that the model's own tables give.
 */
export class MessageRefetcher {
  readonly #options: RefetchOptions;
  readonly #ranges = new Map<string, Promise<RangeObject>>();

  constructor(options: RefetchOptions) {
    this.#options = options;
  }

  /**
   * Fetches the bytes of a receipt.
   * @param path path of the message's file, relative to a source's base URL
   * @throws the signal's reason when it aborts
   */
  async refetch(receipt: Receipt, path: string): Promise<RefetchedMessage> {
    const { url, offset, length, sha256, etag } = receipt;
    const source = this.#options.sources.find(({ baseUrl }) => baseUrl + path === url);
    if (!source) return { failure: "not allowed", problem: notAllowed(receipt, path, this.#options.sources) };
    if (length > MAX_MESSAGE_BYTES) {
      return { failure: "not allowed", problem: `${name(receipt)}: a message has at most ${MAX_MESSAGE_BYTES} bytes` };
    }
    let object: RangeObject;
    try {
      object = await this.#read(source, path, { start: offset, end: offset + length });
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (!(error instanceof SourceError)) throw error;
      return { failure: error.failure === "missing" ? "upstream gone" : "unreachable", problem: error.message };
    }
    const found = createHash("sha256").update(object.bytes).digest("hex");
    if (object.bytes.length === length && found === sha256) return { bytes: object.bytes, etag: object.version.etag };
    const problem = `${name(receipt)} has SHA-256 ${found.slice(0, 12)}… and had ${sha256.slice(0, 12)}…`;
    return { failure: "upstream changed", problem: `${problem}; ${etagWords(etag, object.version.etag)}` };
  }

  #read(source: Source, path: string, range: { readonly start: number; readonly end: number }): Promise<RangeObject> {
    const key = `${source.baseUrl}${path} ${rangeText(range)}`;
    const known = this.#ranges.get(key);
    if (known) return known;
    const pending = this.#request(source, path, range);
    this.#ranges.set(key, pending);
    return pending;
  }

  /** Sends the request, unless the source has just failed to answer: a dead host must not be waited for every time. */
  async #request(
    source: Source,
    path: string,
    range: { readonly start: number; readonly end: number },
  ): Promise<RangeObject> {
    const { signal, retryPolicy } = this.#options;
    if (askingOrder([source]).last.length > 0) {
      throw new SourceError("unavailable", `${source.baseUrl} is set aside: it did not answer the last requests`);
    }
    try {
      const object = await storeOf(source, retryPolicy).readRange(path, range, { maxBytes: MAX_MESSAGE_BYTES, signal });
      noteSuccess(source);
      return object;
    } catch (error) {
      if (error instanceof SourceError) {
        if (error.isWorthRetrying) noteFailure(source, error.message);
        else noteSuccess(source);
      }
      throw error;
    }
  }
}

/** Name of a message's bytes in problems; only for a URL that was checked. */
function name({ url, offset, length }: Receipt): string {
  return `${url} ${rangeText({ start: offset, end: offset + length })}`;
}

/** Compares the ETag of a receipt with that of the object now, in words. */
export function etagWords(then: string | null, now: string | null): string {
  if (then === now) return "the object has the same ETag";
  return `the object's ETag is ${printable(now ?? "not given", 80)} and was ${printable(then ?? "not given", 80)}`;
}

function notAllowed({ url }: Receipt, path: string, sources: readonly Source[]): string {
  const ids = sources.map(({ id }) => id).join(", ");
  return `its receipt names ${printable(url)}, and ${path} is asked for from ${ids} only; --source names others`;
}
