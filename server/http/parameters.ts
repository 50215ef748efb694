import { LRUCache } from "lru-cache";
import type { z } from "zod";
import { BadParameterError } from "../errors.ts";

/**
 * Parses raw path or query parameters once, at the edge; the code behind it gets typed values.
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
  if (value !== undefined) throw new BadParameterError(name, value, issue.message);
  throw new BadParameterError(name, null, expectedOf(schema, raw, name));
}

/** The expected form of a missing parameter, which the schema reports for an empty value. */
function expectedOf(schema: z.ZodType, raw: Readonly<Record<string, string | undefined>>, name: string): string {
  const { error } = schema.safeParse({ ...raw, [name]: "" });
  return error?.issues.find(({ path }) => path[0] === name)?.message ?? "expected a value";
}

const MAX_REMEMBERED = 20_000;

/**
 * Returns a parser like `parseParameters` that remembers its results: the same tiles and frames are requested
 * repeatedly, and checking them again costs a cached tile a third of its rate. Failures are not remembered.
 * @param names the parameters that the schema reads; no valid value of theirs contains a line break
 */
export function memoizedParser<T extends z.ZodType>(
  schema: T,
  names: readonly string[],
): (raw: Readonly<Record<string, string | undefined>>) => z.infer<T> {
  const remembered = new LRUCache<string, { value: z.infer<T> }>({ max: MAX_REMEMBERED });
  return (raw) => {
    // A missing parameter differs from an empty one.
    const key = names.map((name) => raw[name] === undefined ? "" : `=${raw[name]}`).join("\n");
    const known = remembered.get(key);
    if (known) return known.value;
    const value = parseParameters(schema, raw);
    remembered.set(key, { value });
    return value;
  };
}

/**
 * Reads query parameters that may each be given once.
 * @param known all accepted names: a misspelt parameter that is ignored would be answered as if it were missing
 * @throws BadParameterError naming a parameter that was given repeatedly or is unknown
 */
export function singleValues(
  queries: Readonly<Record<string, readonly string[]>>,
  known: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => {
      if (!known.includes(name)) {
        const expected = known.length === 0 ? "this address takes no parameters" : `expected ${known.join(", ")}`;
        throw new BadParameterError(name, values.join(", "), `unknown parameter: ${expected}`);
      }
      if (values.length !== 1) throw new BadParameterError(name, values.join(", "), "expected once");
      return [name, values[0]!];
    }),
  );
}
