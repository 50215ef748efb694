import { parseArgs, type ParseArgsConfig } from "node:util";
import * as z from "zod";
import type { ForecastHour } from "../../contract/identity.ts";
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
 * Parses forecast hours from a text such as `0-18` or `0,3,6-12`, and returns those that are available.
 * @throws UsageError when the text cannot be read, or names no available hour
 */
export function parseHours(text: string | undefined, available: readonly ForecastHour[]): ForecastHour[] {
  if (text === undefined) return [...available];
  const ranges = text.split(",").map((part) => {
    const match = /^(0|[1-9][0-9]{0,2})(?:-(0|[1-9][0-9]{0,2}))?$/.exec(part);
    const [first, last] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [1, 0];
    if (last < first) throw new UsageError(`--fhs "${text}": expected hours and ranges such as 0,3,6-12`);
    return { first, last };
  });
  const hours = available.filter((fh) => ranges.some(({ first, last }) => fh >= first && fh <= last));
  if (hours.length === 0) {
    const has = available.length === 0
      ? "no forecast hours to choose from"
      : `forecast hours ${available[0]} to ${available.at(-1)}`;
    throw new UsageError(`--fhs "${text}": the run has ${has}`);
  }
  return hours;
}
