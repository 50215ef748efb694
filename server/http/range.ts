import type { Validators } from "./conditional.ts";
import { problem } from "./problem.ts";

/** Bytes `start` up to but not including `end`. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range that a request asks for; null for the whole body. Several ranges at once are answered with the whole
 * body, as RFC 9110, section 14.2, allows, and so is a range of another version (If-Range).
 */
export function parseRange(
  request: Request,
  size: number,
  { etag, lastModified }: Pick<Validators, "etag" | "lastModified">,
): ByteSpan | "unsatisfiable" | null {
  const match = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/i.exec(request.headers.get("range") ?? "");
  if (request.method !== "GET" || !match || (match[1] === "" && match[2] === "")) return null;
  const ifRange = request.headers.get("if-range");
  if (ifRange !== null && ifRange !== etag && ifRange !== lastModified) return null;
  const [first, last] = [match[1]!, match[2]!];
  if (first === "") { // a suffix range: the last bytes of the body
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (start >= size) return "unsatisfiable";
  return end > start ? { start, end } : null;
}

/** `Content-Range` header of a part. */
export function contentRange({ start, end }: ByteSpan, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

/** The answer to a range that begins after the end. */
export function unsatisfiable(size: number): Response {
  return problem(416, `The range begins after the last of ${size} bytes`, {}, { "content-range": `bytes */${size}` });
}
