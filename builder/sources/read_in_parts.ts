import type { ClosedRange } from "./merge_ranges.ts";
import { type ObjectStore, type RangeObject, type ReadOptions, requireBounded } from "./object_store.ts";

const MIB = 1024 * 1024;
/** Length from which a range is read in parts: a shorter one takes little longer than another request's round trip. */
const LEAST_BYTES = 8 * MIB;
const LEAST_PART_BYTES = 4 * MIB;
/** Parts at the same time: fewer than the requests that run at a host, so that other ranges are read beside them. */
const MOST_PARTS = 4;

/**
 * Reads a range; a long one as several requests at once, since a single connection to a bucket is slower than the
 * network. Parts are joined only when all have the same strong ETag: otherwise the object may have changed while it was
 * read, and the whole range is read once more with one request.
 * @throws SourceError of the first part that fails, after the others were aborted
 * @throws the signal's reason when it aborts
 */
export async function readInParts(
  store: ObjectStore,
  path: string,
  range: ClosedRange,
  options: ReadOptions,
): Promise<RangeObject> {
  const parts = partsOf(range);
  if (parts.length === 1) return await store.readRange(path, range, options);
  requireBounded(range.end - range.start, options.maxBytes, path);
  const objects = await readAll(store, path, parts, options);
  const { etag } = objects[0]!.version;
  const isOneVersion = isStrong(etag) && objects.every(({ version }) => version.etag === etag);
  if (!isOneVersion) return await store.readRange(path, range, options);
  const bytes = new Uint8Array(range.end - range.start);
  parts.forEach(({ start }, i) => bytes.set(objects[i]!.bytes, start - range.start));
  return { bytes, version: objects[0]!.version };
}

/** Whether two answers with this ETag have the same bytes. */
export function isStrong(etag: string | null): etag is string {
  return etag !== null && !etag.startsWith("W/");
}

/** Reads all parts at once. When one fails, the others are aborted. */
async function readAll(
  store: ObjectStore,
  path: string,
  parts: readonly ClosedRange[],
  options: ReadOptions,
): Promise<RangeObject[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    return await Promise.all(parts.map((part) => store.readRange(path, part, { ...options, signal })));
  } catch (error) {
    options.signal.throwIfAborted();
    stop.abort(new DOMException("Another part of the range failed", "AbortError"));
    throw error;
  }
}

/** Divides a range into parts of nearly equal length. */
function partsOf({ start, end }: ClosedRange): ClosedRange[] {
  const length = end - start;
  const count = length < LEAST_BYTES ? 1 : Math.min(MOST_PARTS, Math.floor(length / LEAST_PART_BYTES));
  const at = (i: number) => start + Math.floor(length * i / count);
  return Array.from({ length: count }, (_, i) => ({ start: at(i), end: at(i + 1) }));
}
