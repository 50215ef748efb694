import type { RunId } from "../../contract/identity.ts";
import { MAX_MESSAGE_BYTES, messageLength, requireOneMessage, SECTION_0_BYTES } from "../grib/messages.ts";
import { BadGribError } from "../grib/messages.ts";
import { inOwnFile } from "../grib/message_selector.ts";
import type { IndexFormat, Source } from "../models/model.ts";
import { parseEcmwfIndex } from "./ecmwf_index.ts";
import { FileStore } from "./file_store.ts";
import { gateOf } from "./host_gate.ts";
import { HttpStore, type RetryPolicy } from "./http_store.ts";
import { parseIdx } from "./idx.ts";
import type { Inventory, InventoryEntry } from "./inventory.ts";
import type { RemoteFile } from "./layout.ts";
import { type ClosedRange, type MergedRange, mergeRanges } from "./merge_ranges.ts";
import type { MessageKey } from "./message_cache.ts";
import type { Bytes } from "../grib/messages.ts";
import { type ObjectStore, type RangeObject, rangeText, type TextObject } from "./object_store.ts";
import { isStrong, readInParts } from "./read_in_parts.ts";
import { selectMessage } from "./select.ts";
import { type ObjectVersion, SourceError } from "./source_error.ts";

const MAX_INDEX_BYTES = 4 * 1024 * 1024;
/** Age from which an unreadable index is no longer taken for one that is still being written. */
const WRITING_MS = 5 * 60_000;

/** Settings for reading one source. */
export interface Reading {
  readonly run: RunId;
  readonly signal: AbortSignal;
  readonly retryPolicy: RetryPolicy;
  readonly onProgress: () => void;
}

/** A message to find in a file. */
export interface Sought {
  readonly name: string;
  readonly key: MessageKey;
}

/** The bytes of a message, or the reason why this source did not give them. */
export type Found =
  | {
    readonly name: string;
    readonly bytes: Bytes;
    readonly entry: InventoryEntry;
    readonly url: string;
    /** Version of the object. `modified` is that of its index when known: the index is written after the object. */
    readonly version: ObjectVersion;
  }
  | { readonly name: string; readonly error: SourceError };

/**
 * Reads messages of one file from one source, with one read of its index and as few byte ranges as possible. Each
 * message is passed on as soon as it arrives; a message that fails does not hold up the others.
 * @throws SourceError when the index is not available, which is the reason for all messages
 * @throws the signal's reason when it aborts
 */
export async function readMessagesOf(
  source: Source,
  file: RemoteFile,
  sought: readonly Sought[],
  reading: Reading,
  give: (found: Found) => Promise<void>,
): Promise<void> {
  const reader = await openFile(source, file, reading);
  const located = await locate(sought, reader, reading);
  for (const found of located) if ("error" in found) await give(found);
  const there = located.filter((found) => !("error" in found)) as Located[];
  await Promise.all(
    mergeRanges(there).map(async (range) => {
      for (const found of await readRange(range, reader, reading.signal)) await give(found);
    }),
  );
}

interface FileReader {
  readonly url: string;
  readonly indexUrl: string;
  readonly inventory: Inventory;
  readonly index: TextObject;
  /** Section 0 of the messages whose end the index does not give, by their start. */
  readonly firstSections: Map<number, Promise<RangeObject>>;
  read(range: ClosedRange): Promise<RangeObject>;
}

async function openFile(
  source: Source,
  { path, indexPath, index: format }: RemoteFile,
  { signal, retryPolicy, onProgress }: Reading,
): Promise<FileReader> {
  const store = storeOf(source, retryPolicy);
  const index = await store.readText(indexPath, { maxBytes: MAX_INDEX_BYTES, signal, onProgress });
  const indexUrl = source.baseUrl + indexPath;
  // A host whose indexes have no strong ETag has none for its objects either: parts of them would be read in vain.
  const canBeJoined = store instanceof HttpStore && isStrong(index.version.etag);
  return {
    url: source.baseUrl + path,
    indexUrl,
    inventory: readIndex(index, format, indexUrl),
    index,
    firstSections: new Map(),
    read: (range) =>
      canBeJoined
        ? readInParts(store, path, range, { maxBytes: MAX_MESSAGE_BYTES, signal, onProgress })
        : store.readRange(path, range, { maxBytes: MAX_MESSAGE_BYTES, signal, onProgress }),
  };
}

export function storeOf(source: Source, policy: RetryPolicy): ObjectStore {
  if (source.baseUrl.startsWith("file:")) return new FileStore(source.baseUrl);
  return new HttpStore(source.baseUrl, policy, gateOf(source.baseUrl, source), source.id);
}

const INDEX_READERS: Readonly<Record<IndexFormat, (text: string) => Inventory>> = {
  ncep: parseIdx,
  ecmwf: parseEcmwfIndex,
};

function readIndex({ text, ageMs }: TextObject, format: IndexFormat, url: string): Inventory {
  try {
    return INDEX_READERS[format](text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    if (isBeingWritten(ageMs)) {
      throw new SourceError("missing", `${url} is still being written: ${cause.message}`, { cause });
    }
    throw new SourceError("unreadable", `${url} cannot be read: ${cause.message}`, { cause, isStrange: true });
  }
}

/** Whether the index may still be being written. An index of unknown age may be a new one. */
function isBeingWritten(ageMs: number | null): boolean {
  return ageMs === null || ageMs < WRITING_MS;
}

interface Located {
  readonly sought: Sought;
  readonly entry: InventoryEntry;
  readonly range: ClosedRange;
}

/** Finds the byte ranges of messages in the file. A message that the index lacks fails alone. */
async function locate(
  sought: readonly Sought[],
  reader: FileReader,
  { run, signal }: Reading,
): Promise<(Located | { name: string; error: SourceError })[]> {
  return await Promise.all(sought.map(async (message) => {
    const { selector, lead } = message.key;
    try {
      const entry = selectMessage(reader.inventory, inOwnFile(selector), {
        run,
        lead,
        url: reader.indexUrl,
      });
      return { sought: message, entry, range: await rangeOf(entry, reader) };
    } catch (error) {
      return { name: message.name, error: told(asSourceError(error, signal), reader) };
    }
  }));
}

/** Marks a missing message as strange, for an operator to check, when its finished index has unreadable lines. */
function told(error: SourceError, { inventory, index }: FileReader): SourceError {
  if (error.failure !== "missing" || inventory.unreadable.length === 0 || isBeingWritten(index.ageMs)) return error;
  return new SourceError("missing", error.message, { cause: error, isStrange: true });
}

/**
 * Returns the byte range of a message. An NCEP inventory does not give the end of its last message, and an inventory
 * that is still being written may end at any line: in both cases the message's own header gives its length.
 */
async function rangeOf({ start, end }: InventoryEntry, reader: FileReader): Promise<ClosedRange> {
  if (end !== null) return { start, end };
  const { url, firstSections } = reader;
  const section0: ClosedRange = { start, end: start + SECTION_0_BYTES };
  // Two fields of one message share one request.
  if (!firstSections.has(start)) firstSections.set(start, reader.read(section0));
  const { bytes, version } = await firstSections.get(start)!;
  return { start, end: start + asBadAnswer(version, () => messageLength(bytes, `${url} ${rangeText(section0)}`)) };
}

/** Reads neighbouring messages with one request and checks each of them on its own. */
async function readRange(range: MergedRange<Located>, reader: FileReader, signal: AbortSignal): Promise<Found[]> {
  let object: RangeObject;
  try {
    object = await reader.read(range);
  } catch (error) {
    const reason = asSourceError(error, signal);
    return range.parts.map(({ sought: { name } }) => ({ name, error: reason }));
  }
  const { version } = object;
  const modified = reader.index.version.modified ?? version.modified;
  return range.parts.map(({ sought: { name }, entry, range: own }): Found => {
    try {
      const part = object.bytes.slice(own.start - range.start, own.end - range.start);
      const bytes = asBadAnswer(version, () => ownBytes(part, `${reader.url} ${rangeText(own)}`));
      return { name, bytes, entry, url: reader.url, version: { ...version, modified } };
    } catch (error) {
      return { name, error: asSourceError(error, signal) };
    }
  });
}

/**
 * Returns the message at the start of a range: its header gives its length, and the bytes after it are padding.
 * @throws BadGribError
 */
function ownBytes(part: Bytes, name: string): Bytes {
  const length = messageLength(part.subarray(0, SECTION_0_BYTES), name);
  if (length > part.length) {
    throw new BadGribError(
      `Corrupt GRIB: ${name} has a length of ${length} bytes in section 0, but its range has ${part.length}`,
    );
  }
  const message = length === part.length ? part : part.slice(0, length);
  requireOneMessage(message, name);
  return message;
}

function asBadAnswer<T>(version: ObjectVersion, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof BadGribError)) throw cause;
    throw new SourceError("bad-answer", cause.message, { cause, version });
  }
}

/** @throws the signal's reason when it aborted, or an error that is not a fault of a source */
function asSourceError(error: unknown, signal: AbortSignal): SourceError {
  signal.throwIfAborted();
  if (!(error instanceof SourceError)) throw error;
  return error;
}
