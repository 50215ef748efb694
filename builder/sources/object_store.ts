import { SourceError } from "./source_error.ts";

/** Byte ranges of objects below a base URL: a bucket, or a folder laid out like one. */
export interface ObjectStore {
  /** A whole small object. @throws SourceError */
  readText(path: string, options: { maxBytes: number; signal: AbortSignal }): Promise<TextObject>;
  /** Bytes `start` up to but not including `end`; to the end of the object when `end` is null. @throws SourceError */
  readRange(path: string, range: ByteRange, options: { maxBytes: number; signal: AbortSignal }): Promise<Bytes>;
}

export interface TextObject {
  readonly text: string;
  /** When it was last changed, as far as that is told. */
  readonly modified: Date | null;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number | null;
}

export type Bytes = Uint8Array<ArrayBuffer>;

export function rangeText({ start, end }: ByteRange): string {
  return `bytes ${start}-${end === null ? "" : end - 1}`;
}

/** @throws SourceError when a range is longer than the caller allows */
export function requireBounded(length: number, maxBytes: number, url: string): void {
  if (length > maxBytes) {
    throw new SourceError("bad-answer", `${url} would give ${length} bytes where at most ${maxBytes} are expected`);
  }
}
