import type { z } from "zod";
import { BadParameterError } from "../errors.ts";

/**
 * Parses raw path or query parameters once, at the edge; behind it everything has its type.
 * @throws BadParameterError naming the first parameter that is wrong or missing
 */
export function parseParameters<T extends z.ZodType>(
  schema: T,
  raw: Readonly<Record<string, string | undefined>>,
): z.infer<T> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = String(issue.path[0] ?? "");
  const value = raw[name];
  throw new BadParameterError(name, value ?? "", value === undefined ? "it is needed" : issue.message);
}

/**
 * Query parameters that may each be given once.
 * @throws BadParameterError naming one that was given more often
 */
export function singleValues(queries: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => {
      if (values.length !== 1) throw new BadParameterError(name, values.join(", "), "expected once");
      return [name, values[0]!];
    }),
  );
}
