import type { z } from "zod";
import { BadBodyError, BodyTooLargeError, UnsupportedBodyError } from "../errors.ts";

/** Limit on a body: 500 points with all their digits are 30 KB. */
const MAX_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * Reads a JSON body up to a size limit and validates it.
 * @throws UnsupportedBodyError or BodyTooLargeError
 * @throws BadBodyError naming the first member that is wrong
 */
export async function readJsonBody<T extends z.ZodType>(
  request: Request,
  schema: T,
  timeoutMs = BODY_TIMEOUT_MS,
): Promise<z.infer<T>> {
  requireJson(request.headers);
  const text = await readText(request, timeoutMs);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadBodyError("", `expected JSON: ${(cause as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code !== "unrecognized_keys") throw new BadBodyError(issue.path.join("."), issue.message);
  throw new BadBodyError([...issue.path, issue.keys[0]].join("."), "unknown member");
}

/** Checks the media type. A body without one may be JSON; `text/plain` is the type that `fetch` gives any text. */
function requireJson(headers: Headers): void {
  const type = headers.get("content-type");
  if (type !== null && !JSON_TYPE.test(type)) {
    throw new UnsupportedBodyError(`The body is "${type.slice(0, 80)}": expected content-type application/json`);
  }
  const coding = headers.get("content-encoding");
  if (coding !== null && coding.toLowerCase() !== "identity") {
    throw new UnsupportedBodyError(
      `The body's content-encoding is "${coding.slice(0, 80)}": send the body uncompressed`,
    );
  }
}

const JSON_TYPE = /^(?:application\/(?:[\w.+-]+\+)?json|text\/plain) *(?:;|$)/i;

async function readText(request: Request, timeoutMs: number): Promise<string> {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  const body = request.body?.getReader();
  if (!body) return text;
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    void body.cancel();
  }, timeoutMs);
  try {
    for (;;) {
      const { value, done } = await body.read();
      if (done && isLate) throw new Error(`no more data within ${timeoutMs / 1000} s`);
      if (done) return text + decoder.decode();
      length += value.length;
      if (length > MAX_BODY_BYTES) {
        await body.cancel();
        throw new BodyTooLargeError(`The body has more than ${MAX_BODY_BYTES} bytes`);
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw error;
    throw new BadBodyError("", `it ended early: ${(error as Error).message}`);
  } finally {
    clearTimeout(late);
  }
}
