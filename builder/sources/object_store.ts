import type { Bytes } from "../grib/messages.ts";
import { type ObjectVersion, SourceError } from "./source_error.ts";

/** Byte ranges of objects below a base URL: a bucket, or a folder laid out like one. */
export interface ObjectStore {
  /** A whole small object. @throws SourceError */
  readText(path: string, options: ReadOptions): Promise<TextObject>;
  /** Bytes `start` up to but not including `end`; to the end of the object when `end` is null. @throws SourceError */
  readRange(path: string, range: ByteRange, options: ReadOptions): Promise<RangeObject>;
  /** What the object is now, without its bytes. @throws SourceError */
  version(path: string, options: Pick<ReadOptions, "signal">): Promise<ObjectVersion>;
}

export interface ReadOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Called when something of the answer has come: its head, or another `PROGRESS_BYTES` of its body. */
  readonly onProgress?: () => void;
}

/** A body that brings less than this in a while makes no progress: a byte a second keeps nobody waiting. */
export const PROGRESS_BYTES = 64 * 1024;

export interface TextObject {
  readonly text: string;
  readonly version: ObjectVersion;
  /** How old the object is by the source's own clock, ms; null when the source does not say. */
  readonly ageMs: number | null;
}

export interface RangeObject {
  readonly bytes: Bytes;
  readonly version: ObjectVersion;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number | null;
}

export function rangeText({ start, end }: ByteRange): string {
  return `bytes ${start}-${end === null ? "" : end - 1}`;
}

/** @throws SourceError when a range is longer than the caller allows */
export function requireBounded(length: number, maxBytes: number, url: string): void {
  if (length > maxBytes) {
    throw new SourceError("refused", `${url} would give ${length} bytes where at most ${maxBytes} are expected`);
  }
}
