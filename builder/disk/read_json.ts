import * as z from "zod";
import { readRegularFile } from "./read_file.ts";

/** Error when a JSON file of this project is damaged or cannot be read. The message names the file and the problem. */
export class BadDocumentError extends Error {
  override readonly name = "BadDocumentError";
}

/**
 * Reads a JSON file and checks it with its schema; null when there is none.
 * @throws BadDocumentError when it is damaged or cannot be read
 */
export async function readJson<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | null> {
  return (await readDocument(path, schema))?.document ?? null;
}

/**
 * Reads a JSON file and returns the document with its bytes; null when there is none.
 * @throws BadDocumentError when it is damaged or cannot be read
 */
export async function readDocument<T extends z.ZodType>(
  path: string,
  schema: T,
): Promise<{ readonly document: z.infer<T>; readonly bytes: Uint8Array<ArrayBuffer> } | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readRegularFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    throw new BadDocumentError(`Cannot read "${path}": ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  try {
    return { document: schema.parse(JSON.parse(new TextDecoder().decode(bytes))), bytes };
  } catch (cause) {
    throw new BadDocumentError(`Cannot use "${path}": ${reasonOf(cause)}`, { cause });
  }
}

/** Reads a JSON file; null when there is none, or when it is damaged or cannot be read. */
export async function readJsonOrNull<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | null> {
  try {
    return await readJson(path, schema);
  } catch (error) {
    if (!(error instanceof BadDocumentError)) throw error;
    return null;
  }
}

function reasonOf(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  if (issue) return `${issue.path.join(".") || "the document"}: ${issue.message}`;
  return error instanceof Error ? error.message : String(error);
}
