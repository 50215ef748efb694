import type { ByteRange } from "./object_store.ts";

/** A range whose end is known. */
export interface ClosedRange extends ByteRange {
  readonly end: number;
}

/** One request, and the parts it was made for. */
export interface MergedRange<Part> extends ClosedRange {
  readonly parts: readonly Part[];
}

/** Bytes worth reading and throwing away to save a request: about what comes in one round trip to a bucket. */
const MAX_GAP_BYTES = 64 * 1024;
/** A bound on what one failed request loses, and on memory. */
const MAX_MERGED_BYTES = 16 * 1024 * 1024;

/** Joins neighbouring ranges into single requests. Parts keep their own ranges; equal ones are read once. */
export function mergeRanges<Part extends { readonly range: ClosedRange }>(parts: readonly Part[]): MergedRange<Part>[] {
  const merged: { start: number; end: number; parts: Part[] }[] = [];
  for (const part of [...parts].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end)) {
    const { start, end } = part.range;
    const last = merged.at(-1);
    const isNear = last && start - last.end <= MAX_GAP_BYTES && end - last.start <= MAX_MERGED_BYTES;
    if (last && (end <= last.end || isNear)) {
      last.end = Math.max(last.end, end);
      last.parts.push(part);
    } else merged.push({ start, end, parts: [part] });
  }
  return merged;
}
