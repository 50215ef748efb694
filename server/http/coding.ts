import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Brotli of a body that is compressed while somebody waits: by size and time, see docs/PERFORMANCE.md. */
export const QUALITY_WHILE_WAITING = 4;

/** How a body is sent; `identity` is as it is. */
export type Coding = "br" | "gzip" | "identity";

/** What is taken where the client likes several as well: the smallest first. */
const BY_SIZE: readonly Coding[] = ["br", "gzip", "identity"];

/**
 * The coding that a client likes best, by its Accept-Encoding. `*` names none: who takes any takes it as it is.
 * @see RFC 9110, section 12.5.3; a weight of 0 refuses
 */
export function preferredCoding(header: string | null): Coding {
  if (header === null) return "identity";
  const weights = new Map(header.split(",").map(weighted));
  let best: Coding = "identity";
  let bestWeight = 0;
  for (const coding of BY_SIZE) {
    const weight = weights.get(coding) ?? 0;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return best;
}

/** A coding's name and its weight from 0 to 1; what cannot be read weighs nothing. */
function weighted(text: string): [name: string, weight: number] {
  // Taken apart first: one pattern with spaces in three places takes the square of their number.
  const [name = "", weight, ...others] = text.split(";").map((part) => part.trim().toLowerCase());
  if (others.length > 0 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return ["", 0];
  if (weight === undefined) return [name, 1];
  return /^q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)$/.test(weight) ? [name, Number(weight.slice(2))] : ["", 0];
}

/** The bytes in a coding. @param brotliQuality 0 to 11 */
export function encode(
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

const ETAG_SUFFIX: Readonly<Record<Coding, string>> = { br: "-br", gzip: "-gz", identity: "" };

/** The strong ETag of a body in a coding: two representations have two. */
export function etagIn(coding: Coding, etag: string): string {
  return etag.replace(/"$/, `${ETAG_SUFFIX[coding]}"`);
}

/** What an answer says of a coding that was chosen for it. */
export function codingHeaders(coding: Coding): Record<string, string> {
  return coding === "identity" ? {} : { "content-encoding": coding };
}
