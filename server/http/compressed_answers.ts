import { LRUCache } from "lru-cache";
import { type Coding, encode, QUALITY_WHILE_WAITING } from "./coding.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** Compressed answers by their ETags, which name coding and content: what did not change is not compressed anew. */
const kept = new LRUCache<string, Uint8Array<ArrayBuffer>>({
  maxSize: MAX_BYTES,
  sizeCalculation: (bytes) => bytes.byteLength,
});

/**
 * The body in a coding.
 * @param etag of the body in that coding
 * @param isAskedForAgain whether it is worth its place
 */
export function compressedAnswer(
  body: Uint8Array<ArrayBuffer>,
  coding: Coding,
  etag: string,
  isAskedForAgain: boolean,
): Uint8Array<ArrayBuffer> {
  const known = kept.get(etag);
  if (known) return known;
  const coded = encode(body, coding, QUALITY_WHILE_WAITING);
  if (isAskedForAgain) kept.set(etag, coded);
  return coded;
}

/** Bytes of compressed answers in memory. */
export function compressedAnswerBytes(): number {
  return kept.calculatedSize;
}

/** As after a start. */
export function forgetCompressedAnswers(): void {
  kept.clear();
}
