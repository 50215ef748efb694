import type { z } from "zod";

/**
 * A JSON file of ours, or null when there is none.
 * @throws SyntaxError or ZodError when it is damaged
 */
export async function readJson<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return schema.parse(JSON.parse(text));
}
