import type { ForecastHour, RunId } from "../../contract/identity.ts";
import { BadGribError, messageLength, requireOneMessage, SECTION_0_BYTES } from "../grib/messages.ts";
import { fileHour, inOwnHour, type MessageSelector, selectorName } from "../models/message_selector.ts";
import type { IndexFormat, Model, Source } from "../models/model.ts";
import { parseEcmwfIndex } from "./ecmwf_index.ts";
import { FileStore } from "./file_store.ts";
import { gateOf } from "./host_gate.ts";
import { DEFAULT_RETRY_POLICY, HttpStore, type RetryPolicy } from "./http_store.ts";
import { parseIdx } from "./idx.ts";
import type { InventoryEntry } from "./inventory.ts";
import { type RemoteFile, remoteFile } from "./layout.ts";
import { type ClosedRange, type MergedRange, mergeRanges } from "./merge_ranges.ts";
import { type CachedMessage, MessageCache, type MessageKey } from "./message_cache.ts";
import { type Bytes, type ObjectStore, rangeText } from "./object_store.ts";
import { selectMessage } from "./select.ts";
import { AllSourcesFailedError, SourceError } from "./source_error.ts";

const MAX_INDEX_BYTES = 4 * 1024 * 1024;
/** A 3 km CONUS field packs to 0.2–3 MB, a global 0.25° one to less. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** A message, and the product whose file has it. */
export interface WantedMessage {
  readonly product: string;
  readonly selector: MessageSelector;
}

/** A name that no other message of an hour has. */
export function wantedName({ product, selector }: WantedMessage): string {
  return `${product} ${selectorName(selector)}`;
}

export interface FetchRequest {
  readonly model: Model;
  readonly run: RunId;
  readonly fh: ForecastHour;
  readonly wanted: readonly WantedMessage[];
  /** In the order to try them. */
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
}

/** For each wanted message, by its name: where it is now, or why no source gave it. */
export type FetchedMessages = ReadonlyMap<string, CachedMessage | AllSourcesFailedError>;

/**
 * All messages that an hour's variables need, each fetched once: from the cache, or from the first source that has it,
 * by one reading of the file's index and as few byte ranges as neighbours allow. What one source lacks is asked of the
 * next; what was fetched stays in the cache, so that a build that was stopped goes on where it was.
 */
export async function fetchMessages(request: FetchRequest): Promise<FetchedMessages> {
  const { model, run, fh, wanted, dataRoot } = request;
  const cache = new MessageCache(dataRoot, model.id, run);
  const outcomes = new Map<string, CachedMessage | AllSourcesFailedError>();
  const pending: Pending[] = [];
  for (const [name, { product, selector }] of new Map(wanted.map((message) => [wantedName(message), message]))) {
    const key: MessageKey = { product, selector, fh: fileHour(selector, fh) };
    const cached = await cache.read(key);
    if (cached) outcomes.set(name, cached);
    else pending.push({ name, key, file: remoteFile(model.layouts, product, run, key.fh), failures: [] });
  }
  await Promise.all(
    [...Map.groupBy(pending, ({ file }) => file.path).values()].map((ofFile) =>
      fetchFile(ofFile, request, cache, outcomes)
    ),
  );
  for (const { name, key, failures } of pending) {
    if (outcomes.has(name)) continue;
    const what = `${selectorName(key.selector)} of ${model.id} ${run} forecast hour ${fh}`;
    outcomes.set(name, new AllSourcesFailedError(failures, what));
  }
  return outcomes;
}

interface Pending {
  readonly name: string;
  readonly key: MessageKey;
  readonly file: RemoteFile;
  readonly failures: { source: string; error: SourceError }[];
}

/** Messages of one file, from source after source until all are there. */
async function fetchFile(
  messages: readonly Pending[],
  request: FetchRequest,
  cache: MessageCache,
  outcomes: Map<string, CachedMessage | AllSourcesFailedError>,
): Promise<void> {
  for (const source of request.sources) {
    const missing = messages.filter(({ name }) => !outcomes.has(name));
    if (missing.length === 0) return;
    const fail = (messages: readonly Pending[], error: unknown) => {
      if (!(error instanceof SourceError)) throw error;
      messages.forEach(({ failures }) => failures.push({ source: source.id, error }));
    };
    try {
      const reader = await openFile(source, missing[0]!.file, request);
      const located = await locate(missing, reader, request, fail);
      await Promise.all(
        mergeRanges(located).map((range) => fetchRange(range, reader, { source, cache, outcomes, fail })),
      );
    } catch (error) {
      fail(missing, error);
    }
  }
}

interface FileReader {
  readonly url: string;
  readonly indexUrl: string;
  readonly inventory: readonly InventoryEntry[];
  /** When the index was last changed: it is written after the file. */
  readonly modified: Date | null;
  /** Of messages whose end the index does not tell, by their start. */
  readonly firstSections: Map<number, Promise<Bytes>>;
  read(range: ClosedRange): Promise<Bytes>;
}

async function openFile(
  source: Source,
  { path, indexPath, index }: RemoteFile,
  { signal, retryPolicy = DEFAULT_RETRY_POLICY }: FetchRequest,
): Promise<FileReader> {
  const store = storeOf(source, retryPolicy);
  const { text, modified } = await store.readText(indexPath, { maxBytes: MAX_INDEX_BYTES, signal });
  const indexUrl = source.baseUrl + indexPath;
  return {
    url: source.baseUrl + path,
    indexUrl,
    inventory: readIndex(text, index, indexUrl),
    modified,
    firstSections: new Map(),
    read: (range) => store.readRange(path, range, { maxBytes: MAX_MESSAGE_BYTES, signal }),
  };
}

function storeOf(source: Source, policy: RetryPolicy): ObjectStore {
  if (source.baseUrl.startsWith("file:")) return new FileStore(source.baseUrl);
  return new HttpStore(source.baseUrl, policy, gateOf(source.baseUrl, source), source.id);
}

const INDEX_READERS: Readonly<Record<IndexFormat, (text: string) => readonly InventoryEntry[]>> = {
  ncep: parseIdx,
  ecmwf: parseEcmwfIndex,
};

/** An index that cannot be read is one that is still being written. */
function readIndex(text: string, format: IndexFormat, url: string): readonly InventoryEntry[] {
  try {
    return INDEX_READERS[format](text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SourceError("missing", `${url} is not complete: ${cause.message}`, { cause });
  }
}

interface Located {
  readonly message: Pending;
  readonly entry: InventoryEntry;
  readonly range: ClosedRange;
}

type Fail = (messages: readonly Pending[], error: unknown) => void;

/** Where in the file the messages are. One that the index lacks fails alone. */
async function locate(
  messages: readonly Pending[],
  reader: FileReader,
  { run }: FetchRequest,
  fail: Fail,
): Promise<Located[]> {
  const located = await Promise.all(messages.map(async (message): Promise<Located | null> => {
    const { selector, fh } = message.key;
    try {
      const entry = selectMessage(reader.inventory, inOwnHour(selector), {
        run,
        fh: fh as ForecastHour,
        url: reader.indexUrl,
      });
      return { message, entry, range: await rangeOf(entry, reader) };
    } catch (error) {
      fail([message], error);
      return null;
    }
  }));
  return located.filter((found) => found !== null);
}

/**
 * The bytes of a message. An NCEP inventory does not tell where its last message ends, and one that is still being
 * written may end anywhere; the message itself tells.
 */
async function rangeOf({ start, end }: InventoryEntry, reader: FileReader): Promise<ClosedRange> {
  if (end !== null) return { start, end };
  const { url, firstSections } = reader;
  const section0: ClosedRange = { start, end: start + SECTION_0_BYTES };
  // Two fields of one message ask once.
  if (!firstSections.has(start)) firstSections.set(start, reader.read(section0));
  const bytes = await firstSections.get(start)!;
  return { start, end: start + asBadAnswer(() => messageLength(bytes, `${url} ${rangeText(section0)}`)) };
}

/** One request for neighbouring messages; each is checked on its own. */
async function fetchRange(
  range: MergedRange<Located>,
  reader: FileReader,
  { source, cache, outcomes, fail }: {
    source: Source;
    cache: MessageCache;
    outcomes: Map<string, CachedMessage | AllSourcesFailedError>;
    fail: Fail;
  },
): Promise<void> {
  try {
    const bytes = await reader.read(range);
    for (const { message, entry, range: own } of range.parts) {
      try {
        const part = bytes.slice(own.start - range.start, own.end - range.start);
        asBadAnswer(() => requireOneMessage(part, `${reader.url} ${rangeText(own)}`));
        const modified = reader.modified?.toISOString() ?? null;
        const origin = { provider: source.id, url: reader.url, message: entry.words, modified };
        outcomes.set(message.name, await cache.write(message.key, part, origin));
      } catch (error) {
        fail([message], error);
      }
    }
  } catch (error) {
    fail(range.parts.map(({ message }) => message), error);
  }
}

function asBadAnswer<T>(check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof BadGribError)) throw cause;
    throw new SourceError("bad-answer", cause.message, { cause });
  }
}
