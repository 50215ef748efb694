import { z } from "zod";
import type { ForecastHour, RunId } from "../../contract/identity.ts";
import { writeFileAtomically } from "../publish/atomic_write.ts";
import { type MessageSelector, type Model, selectorName, type Source } from "../models/model.ts";
import { FileStore } from "./file_store.ts";
import { BadGribError, messageLength, requireOneMessage, SECTION_0_BYTES } from "./grib_messages.ts";
import { DEFAULT_RETRY_POLICY, HttpStore, type RetryPolicy } from "./http_store.ts";
import { type InventoryEntry, parseIdx } from "./idx.ts";
import { filePath } from "./layout.ts";
import { type ByteRange, type Bytes, type ObjectStore, rangeText } from "./object_store.ts";
import { selectMessage } from "./select.ts";
import { AllSourcesFailedError, SourceError } from "./source_error.ts";

const MAX_INDEX_BYTES = 4 * 1024 * 1024;
/** A 3 km CONUS field packs to 0.2–3 MB, a global 0.25° one to less. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const provenanceSchema = z.object({
  provider: z.string(),
  url: z.string(),
  message: z.string(),
  bytes: z.number().int(),
});
/** Where a cached message came from. */
export type Provenance = z.infer<typeof provenanceSchema>;

export interface FetchedMessage extends Provenance {
  /** A GRIB2 file that holds just this message. */
  readonly path: string;
}

export interface FetchRequest {
  readonly model: Model;
  readonly run: RunId;
  readonly fh: ForecastHour;
  readonly product: string;
  readonly selector: MessageSelector;
  /** In the order to try them. */
  readonly sources: readonly Source[];
  readonly dataRoot: string;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
}

/**
 * One GRIB message in a cache file: from the cache, or from the first source that has it, by the index and a byte range.
 * @throws AllSourcesFailedError with a reason for each source
 */
export async function fetchMessage(request: FetchRequest): Promise<FetchedMessage> {
  const { model, run, fh, product, selector } = request;
  const path = cachePath(request);
  const cached = await readCached(path);
  if (cached) return { ...cached, path };
  const remotePath = filePath(model.layouts, product, run, fh);
  const failures: { source: string; error: SourceError }[] = [];
  for (const source of request.sources) {
    try {
      const { bytes, provenance } = await fetchFrom(source, remotePath, request);
      await writeFileAtomically(path, bytes);
      await writeFileAtomically(provenancePath(path), new TextEncoder().encode(JSON.stringify(provenance)));
      return { ...provenance, path };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push({ source: source.id, error });
    }
  }
  throw new AllSourcesFailedError(failures, `${selectorName(selector)} of ${model.id} ${run} forecast hour ${fh}`);
}

async function fetchFrom(
  source: Source,
  remotePath: string,
  { run, fh, selector, signal, retryPolicy }: FetchRequest,
): Promise<{ bytes: Bytes; provenance: Provenance }> {
  const store = storeOf(source, retryPolicy ?? DEFAULT_RETRY_POLICY);
  const url = source.baseUrl + remotePath;
  const indexText = await store.readText(remotePath + ".idx", { maxBytes: MAX_INDEX_BYTES, signal });
  const entry = selectMessage(readIndex(indexText, url + ".idx"), selector, { run, fh, url: url + ".idx" });
  const read = (range: ByteRange) => store.readRange(remotePath, range, { maxBytes: MAX_MESSAGE_BYTES, signal });
  const range = await rangeOf(entry, read, url);
  const bytes = await read(range);
  asBadAnswer(() => requireOneMessage(bytes, `${url} ${rangeText(range)}`));
  const message = entry.line.split(":").slice(3, 6).join(":");
  return { bytes, provenance: { provider: source.id, url, message, bytes: bytes.length } };
}

/**
 * The bytes of a message. An inventory does not tell where its last message ends, and one that is still being written
 * may end anywhere; the message itself tells.
 */
async function rangeOf(
  { start, end }: InventoryEntry,
  read: (range: ByteRange) => Promise<Bytes>,
  url: string,
): Promise<ByteRange> {
  if (end !== null) return { start, end };
  const section0: ByteRange = { start, end: start + SECTION_0_BYTES };
  const bytes = await read(section0);
  return { start, end: start + asBadAnswer(() => messageLength(bytes, `${url} ${rangeText(section0)}`)) };
}

function asBadAnswer<T>(check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof BadGribError)) throw cause;
    throw new SourceError("bad-answer", cause.message, { cause });
  }
}

/** An inventory that cannot be read is one that is still being written. */
function readIndex(text: string, url: string) {
  try {
    return parseIdx(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SourceError("missing", `${url} is not complete: ${cause.message}`, { cause });
  }
}

function storeOf(source: Source, policy: RetryPolicy): ObjectStore {
  return source.baseUrl.startsWith("file:") ? new FileStore(source.baseUrl) : new HttpStore(source.baseUrl, policy);
}

function cachePath({ dataRoot, model, run, fh, product, selector }: FetchRequest): string {
  const name = `${selectorName(selector)}-${selector.statistic}`.replaceAll(/[^A-Za-z0-9]+/g, "-");
  return `${dataRoot}/cache/${model.id}/${run}/${product}/${fh}/${name}.grib2`;
}

function provenancePath(path: string): string {
  return path.replace(/\.grib2$/, ".json");
}

/** The provenance is written last: with it, and a whole message, a cache entry is good. */
async function readCached(path: string): Promise<Provenance | null> {
  try {
    const provenance = provenanceSchema.parse(JSON.parse(await Deno.readTextFile(provenancePath(path))));
    requireOneMessage(await Deno.readFile(path), path);
    return provenance;
  } catch (error) {
    const isRepairable = error instanceof Deno.errors.NotFound || error instanceof BadGribError ||
      error instanceof SyntaxError || error instanceof z.ZodError;
    if (isRepairable) return null; // fetch it again
    throw error;
  }
}
