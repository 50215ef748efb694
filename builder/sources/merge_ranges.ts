import type { ByteRange } from "./object_store.ts";

/** A range whose end is known. */
export interface ClosedRange extends ByteRange {
  readonly end: number;
}

/** A request, and the ranges that it covers. */
export interface MergedRange<Part> extends ClosedRange {
  readonly parts: readonly Part[];
}

/** Largest gap that is read and discarded to save a request: about the bytes of one round trip to a bucket. */
const MAX_GAP_BYTES = 64 * 1024;
/** Largest merged range, which limits memory and the loss when a request fails. */
const MAX_MERGED_BYTES = 16 * 1024 * 1024;

/** Joins neighbouring ranges into single requests. Parts keep their own ranges; equal ranges are read once. */
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
