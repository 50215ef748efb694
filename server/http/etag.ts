import { createHash } from "node:crypto";
import type { Coding } from "./negotiate.ts";

/** The strong ETag of a body, with its quotes: 132 bits of SHA-256. */
export function etagOf(body: Uint8Array): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
}

const SUFFIX: Readonly<Record<Coding, string>> = { br: "-br", gzip: "-gz", identity: "" };

/** The strong ETag of a body in a coding: each representation needs its own (RFC 9110, section 8.8.3). */
export function etagIn(coding: Coding, etag: string): string {
  return etag.replace(/"$/, `${SUFFIX[coding]}"`);
}
