import { parseArgs, type ParseArgsConfig } from "node:util";
import * as z from "zod";
import { compareLeads, type Lead, leadSpan, parseLead } from "../../contract/lead.ts";
import { type DataRoots, rootsBelow } from "../../contract/paths.ts";
import { UsageError } from "./usage_error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Parses the options of a command, and refuses any other. @throws UsageError */
export function parseOptions<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Parses an option that is required. @throws UsageError naming it, its value and the accepted values */
export function parseNeeded<T extends z.ZodType>(name: string, schema: T, value: string | undefined): z.infer<T> {
  if (value === undefined) throw new UsageError(`--${name} is required`);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UsageError(`--${name} "${value}": ${parsed.error.issues[0]!.message}`);
  return parsed.data;
}

/**
 * Returns the roots: all below the folder that the option names, without regard to the environment, or else the
 * configured ones.
 * @throws UsageError for an empty name
 */
export function rootsOf(option: string | undefined, configured: DataRoots): DataRoots {
  if (option === "") throw new UsageError("--data-root is empty: expected a folder");
  return option === undefined ? configured : rootsBelow(option);
}

/**
 * Parses lead times from a text such as `0-18` or `0,3,6-12`, and returns those that are available.
 * @throws UsageError when the text cannot be read, or names no available frame
 */
export function parseLeads(text: string | undefined, available: readonly Lead[]): Lead[] {
  if (text === undefined) return [...available];
  const ranges = text.split(",").map((part) => {
    const [from = "", to = from, ...more] = part.split("-");
    const [first, last] = [parseLead(from), parseLead(to)];
    if (first === null || last === null || more.length > 0 || compareLeads(last, first) < 0) {
      throw new UsageError(`--fhs "${text}": expected frames and ranges such as 0,3,6-12 or 0-2m45`);
    }
    return { first, last };
  });
  const leads = available.filter((lead) =>
    ranges.some(({ first, last }) => compareLeads(lead, first) >= 0 && compareLeads(lead, last) <= 0)
  );
  if (leads.length === 0) {
    const has = available.length === 0 ? "no forecast hours to choose from" : `forecast hours ${leadSpan(available)}`;
    throw new UsageError(`--fhs "${text}": the run has ${has}`);
  }
  return leads;
}
