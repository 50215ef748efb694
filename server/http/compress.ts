import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Coding } from "./negotiate.ts";

/** Brotli quality for bodies that are compressed while a client waits (docs/PERFORMANCE.md has sizes and times). */
export const QUALITY_WHILE_WAITING = 4;

/** Compresses bytes. @param brotliQuality 0 to 11 */
export function compress(
  bytes: Uint8Array<ArrayBuffer>,
  coding: Coding,
  brotliQuality: number,
): Uint8Array<ArrayBuffer> {
  switch (coding) {
    case "br":
      return new Uint8Array(brotliCompressSync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }));
    case "gzip":
      return new Uint8Array(gzipSync(bytes));
    case "identity":
      return bytes;
  }
}
