import type { Bytes } from "../grib/messages.ts";
import { type ObjectVersion, SourceError } from "./source_error.ts";

/** Access to the objects below a base URL, whole or by byte ranges: a bucket, or a folder laid out like one. */
export interface ObjectStore {
  /** Reads a whole small object. @throws SourceError */
  readText(path: string, options: ReadOptions): Promise<TextObject>;
  /**
   * Reads bytes `start` up to but not including `end`; to the end of the object when `end` is null. @throws SourceError
   */
  readRange(path: string, range: ByteRange, options: ReadOptions): Promise<RangeObject>;
  /** Returns the current version of the object without its bytes. @throws SourceError */
  version(path: string, options: Pick<ReadOptions, "signal">): Promise<ObjectVersion>;
}

export interface ReadOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Called when the head of the answer, or another `PROGRESS_BYTES` of its body, has arrived. */
  readonly onProgress?: () => void;
}

/** Bytes of a body that count as progress: a body that sends one byte per second must not keep a caller waiting. */
export const PROGRESS_BYTES = 64 * 1024;

export interface TextObject {
  readonly text: string;
  readonly version: ObjectVersion;
  /** Age of the object by the source's own clock, in ms; null when the source does not say. */
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
    throw new SourceError("refused", `${url} has ${length} bytes; at most ${maxBytes} are allowed`);
  }
}
