import { LRUCache } from "lru-cache";
import { compress, QUALITY_WHILE_WAITING } from "./compress.ts";
import { etagIn, etagOf } from "./etag.ts";
import type { Coding } from "./negotiate.ts";

/** The body of an answer, in each coding that clients request. */
export interface EncodedBody {
  readonly mediaType: string;
  /** Strong ETag of the body in the coding `identity`. */
  readonly etag: string;
  /** Whether other codings than `identity` are offered. */
  readonly isCompressible: boolean;
  as(coding: Coding): Uint8Array<ArrayBuffer>;
}

/** A body that is sent unchanged: images, and files that are smaller than a packet. */
export class PlainBody implements EncodedBody {
  readonly etag: string;
  readonly isCompressible = false;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>, readonly mediaType: string) {
    this.etag = etagOf(bytes);
  }

  as(): Uint8Array<ArrayBuffer> {
    return this.bytes;
  }
}

/** A body that is kept, such as a file of the page: each coding is made once, at its first use. */
export class KeptBody implements EncodedBody {
  readonly etag: string;
  readonly isCompressible = true;
  readonly #encoded: Map<Coding, Uint8Array<ArrayBuffer>>;

  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly mediaType: string,
    readonly brotliQuality: number = QUALITY_WHILE_WAITING,
  ) {
    this.etag = etagOf(bytes);
    this.#encoded = new Map([["identity", bytes]]);
  }

  as(coding: Coding): Uint8Array<ArrayBuffer> {
    let encoded = this.#encoded.get(coding);
    if (!encoded) {
      encoded = compress(this.bytes, coding, this.brotliQuality);
      this.#encoded.set(coding, encoded);
    }
    return encoded;
  }
}

/** Smallest text to compress: a shorter one fits into one packet, and arrives sooner uncompressed. */
const LEAST_TO_COMPRESS_BYTES = 1024;
const MAX_COMPRESSED_BYTES = 4 * 1024 * 1024;

/** Compressed texts by ETag, which names coding and content: an unchanged text is not compressed again. */
const compressed = new LRUCache<string, Uint8Array<ArrayBuffer>>({
  maxSize: MAX_COMPRESSED_BYTES,
  sizeCalculation: (bytes) => bytes.byteLength,
});

/** A text that is made for one answer, such as JSON. Its compressed form is kept while there is room. */
export class TextBody implements EncodedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly isCompressible: boolean;
  readonly #isRepeated: boolean;

  /**
   * Encodes the text.
   * @param isRepeated whether the same text is likely to be requested again
   */
  constructor(text: string, readonly mediaType: string, isRepeated: boolean) {
    this.bytes = new TextEncoder().encode(text);
    this.etag = etagOf(this.bytes);
    this.isCompressible = this.bytes.length >= LEAST_TO_COMPRESS_BYTES;
    this.#isRepeated = isRepeated;
  }

  as(coding: Coding): Uint8Array<ArrayBuffer> {
    if (coding === "identity") return this.bytes;
    const key = etagIn(coding, this.etag);
    const known = compressed.get(key);
    if (known) return known;
    const encoded = compress(this.bytes, coding, QUALITY_WHILE_WAITING);
    if (this.#isRepeated) compressed.set(key, encoded);
    return encoded;
  }
}

/** Bytes of compressed texts in memory. */
export function compressedTextBytes(): number {
  return compressed.calculatedSize;
}

/** Removes all compressed texts from memory. */
export function clearCompressedTexts(): void {
  compressed.clear();
}
