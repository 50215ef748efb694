import type { z } from "zod";
import { BadBodyError, BodyTooLargeError } from "../errors.ts";

/** 500 points with all their digits are 30 KB. */
const MAX_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * A JSON body, read up to a bound and checked.
 * @throws BodyTooLargeError
 * @throws BadBodyError naming the first member that is wrong
 */
export async function readJsonBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.infer<T>> {
  const text = await readText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadBodyError("", `expected JSON: ${(cause as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new BadBodyError(issue.path.join("."), issue.message);
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  const body = request.body?.getReader();
  if (!body) return text;
  const late = setTimeout(() => void body.cancel(), BODY_TIMEOUT_MS);
  try {
    for (;;) {
      const { value, done } = await body.read();
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
    throw new BadBodyError("", `it was not sent to its end: ${(error as Error).message}`);
  } finally {
    clearTimeout(late);
  }
}
