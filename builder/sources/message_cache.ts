import { createHash } from "node:crypto";
import { z } from "zod";
import type { ModelId, RunId } from "../../contract/identity.ts";
import { type Lead, leadText } from "../../contract/lead.ts";
import type { Receipt } from "../../contract/sidecar.ts";
import { inOwnFile, type MessageSelector, selectorName } from "../grib/message_selector.ts";
import { writeFileAtomically } from "../disk/atomic_write.ts";
import { entryNames, removeTree } from "../disk/folders.ts";
import { NotAFileError, readRegularFile } from "../disk/read_file.ts";
import { setAsideUnlessFile } from "../disk/set_aside.ts";
import type { Bytes } from "../grib/messages.ts";
import type { ObjectVersion } from "./source_error.ts";

const recordSchema = z.object({
  provider: z.string(),
  url: z.string(),
  message: z.string(),
  /** Position of the message in the object. */
  offset: z.number().int().nonnegative(),
  modified: z.iso.datetime().nullable(),
  /** ETag of the object that contains the message. */
  etag: z.string().nullable(),
  objectBytes: z.number().int().nullable(),
  bytes: z.number().int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
type CacheRecord = z.infer<typeof recordSchema>;

/** A message in a separate file, and its origin. */
export interface CachedMessage {
  /** A GRIB2 file that contains only this message. */
  readonly path: string;
  readonly provider: string;
  readonly url: string;
  /** Description of the message in the index. */
  readonly message: string;
  /** Time of the object's last change upstream (ISO 8601); null when the source does not say. */
  readonly modified: string | null;
  /** Version of the object that contains the message. */
  readonly object: ObjectVersion;
  readonly bytes: number;
  readonly receipt: Receipt;
}

/** Key of a message: a selector, resolved to the forecast hour whose file contains the message. */
export interface MessageKey {
  readonly product: string;
  readonly lead: Lead;
  readonly selector: MessageSelector;
}

/**
 * Fetched messages of a run, stored by their hash: a message that two selectors ask for, or that a file contains twice,
 * is stored once, and a damaged message is not returned.
 */
export class MessageCache {
  readonly #folder: string;

  constructor(dataRoot: string, model: ModelId, run: RunId) {
    this.#folder = `${dataRoot}/${cacheFolder(model, run)}`;
  }

  /** Returns the message when it is complete and undamaged, or null. */
  async read(key: MessageKey): Promise<CachedMessage | null> {
    try {
      const record = recordSchema.parse(
        JSON.parse(new TextDecoder().decode(await readRegularFile(this.#recordPath(key)))),
      );
      const path = this.#messagePath(record.sha256);
      if (sha256Of(await readRegularFile(path)) !== record.sha256) return null;
      return asMessage(path, record);
    } catch (error) {
      const isRepairable = error instanceof Deno.errors.NotFound || error instanceof NotAFileError ||
        error instanceof Deno.errors.FilesystemLoop || error instanceof SyntaxError || error instanceof z.ZodError;
      if (isRepairable) return null; // fetch it again
      throw error;
    }
  }

  /** Stores a message. The record is written last: a message without a record does not exist for readers. */
  async write(
    key: MessageKey,
    bytes: Bytes,
    origin: Pick<CacheRecord, "provider" | "url" | "message" | "offset" | "modified" | "etag" | "objectBytes">,
  ): Promise<CachedMessage> {
    const record = { ...origin, bytes: bytes.length, sha256: sha256Of(bytes) };
    const path = this.#messagePath(record.sha256);
    for (const place of [path, this.#recordPath(key)]) await setAsideUnlessFile(place);
    await writeFileAtomically(path, bytes);
    await writeFileAtomically(this.#recordPath(key), new TextEncoder().encode(JSON.stringify(record)));
    return asMessage(path, record);
  }

  #messagePath(sha256: string): string {
    return `${this.#folder}/messages/${sha256}.grib2`;
  }

  #recordPath({ product, lead, selector }: MessageKey): string {
    const name = `${selectorName(inOwnFile(selector))}-${selector.statistic}`;
    return `${this.#folder}/${product}/${leadText(lead)}/${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}.json`;
  }
}

function asMessage(
  path: string,
  { provider, url, message, offset, modified, etag, objectBytes, bytes, sha256 }: CacheRecord,
): CachedMessage {
  const receipt = { url, offset, length: bytes, sha256, etag, modified };
  return { path, provider, url, message, modified, object: { etag, modified, bytes: objectBytes }, bytes, receipt };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Path relative to the data root. */
function cacheFolder(model: ModelId, run?: RunId): string {
  return run ? `cache/${model}/${run}` : `cache/${model}`;
}

/** Removes the fetched messages of a run whose frames are built. */
export async function clearCache(dataRoot: string, model: ModelId, run: RunId): Promise<void> {
  await removeTree(`${dataRoot}/${cacheFolder(model, run)}`);
}

/** Removes the fetched messages of all but the newest runs of a model. */
export async function trimCache(dataRoot: string, model: ModelId, keepRuns: number): Promise<void> {
  const folder = `${dataRoot}/${cacheFolder(model)}`;
  const runs = (await entryNames(folder)).sort().reverse(); // names sort in the order of their times
  await Promise.all(runs.slice(keepRuns).map((run) => removeTree(`${folder}/${run}`)));
}
