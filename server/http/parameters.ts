import { LRUCache } from "lru-cache";
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
  if (value !== undefined) throw new BadParameterError(name, value, issue.message);
  throw new BadParameterError(name, null, expectedOf(schema, raw, name));
}

/** In what is said of a parameter that is missing stands what was expected, which is said of an empty one. */
function expectedOf(schema: z.ZodType, raw: Readonly<Record<string, string | undefined>>, name: string): string {
  const { error } = schema.safeParse({ ...raw, [name]: "" });
  return error?.issues.find(({ path }) => path[0] === name)?.message ?? "is required";
}

const MAX_REMEMBERED = 20_000;

/**
 * A parser like `parseParameters` that remembers what it parsed: the same tiles and frames are asked for again and again,
 * and checking them anew costs a cached tile a third of its rate. Failures are not remembered.
 * @param names the parameters that the schema reads; none of them may hold a line break and be valid
 */
export function memoizedParser<T extends z.ZodType>(
  schema: T,
  names: readonly string[],
): (raw: Readonly<Record<string, string | undefined>>) => z.infer<T> {
  const remembered = new LRUCache<string, { value: z.infer<T> }>({ max: MAX_REMEMBERED });
  return (raw) => {
    // One that is not given is not an empty one.
    const key = names.map((name) => raw[name] === undefined ? "" : `=${raw[name]}`).join("\n");
    const known = remembered.get(key);
    if (known) return known.value;
    const value = parseParameters(schema, raw);
    remembered.set(key, { value });
    return value;
  };
}

/**
 * Query parameters that may each be given once.
 * @param known the names of all there are: a misspelt one that is passed over would be answered as if it had not been given
 * @throws BadParameterError naming one that was given more often, or is none of them
 */
export function singleValues(
  queries: Readonly<Record<string, readonly string[]>>,
  known: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => {
      if (!known.includes(name)) {
        const expected = known.length === 0 ? "this address takes no parameters" : `expected ${known.join(", ")}`;
        throw new BadParameterError(name, values.join(", "), `it is not known here: ${expected}`);
      }
      if (values.length !== 1) throw new BadParameterError(name, values.join(", "), "expected once");
      return [name, values[0]!];
    }),
  );
}
