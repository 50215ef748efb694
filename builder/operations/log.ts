import { configure, getJsonLinesFormatter, getLogger, type Logger } from "@logtape/logtape";
import type { Configuration } from "../../contract/environment.ts";
import { say } from "./terminal.ts";

export type Log = Logger;

const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

/**
 * Sets up the log: JSON lines on stderr, each with the app's name, instance and environment. Called once per process.
 * @param name the instance's name when the configuration has none
 */
export async function makeLog(
  { logLevel, appName, environment, instance }: Configuration,
  name: string,
): Promise<Log> {
  const format = getJsonLinesFormatter({ properties: "flatten" });
  await configure({
    sinks: { stderr: (record) => say(format(record).trimEnd()) },
    loggers: [
      { category: [appName], lowestLevel: LEVELS[logLevel], sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
  return getLogger([appName]).with({ instance: instance ?? name, environment });
}

/** Escapes a text for use as a log message: its braces would otherwise be placeholders for values. */
export function literal(text: string): string {
  return text.replaceAll("{", "{{").replaceAll("}", "}}");
}
