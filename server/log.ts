import { configure, getConsoleSink, getJsonLinesFormatter, getLogger, type Logger } from "@logtape/logtape";
import type { Configuration } from "../contract/environment.ts";

export type Log = Logger;

const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

/**
 * Creates the log: JSON lines on the console, each with the app's name, instance and environment. Called once per
 * process.
 */
export async function makeLog({ logLevel, appName, environment, instance }: Configuration): Promise<Log> {
  await configure({
    sinks: { console: getConsoleSink({ formatter: getJsonLinesFormatter({ properties: "flatten" }) }) },
    loggers: [
      { category: [appName], lowestLevel: LEVELS[logLevel], sinks: ["console"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
    ],
  });
  return getLogger([appName]).with({ instance: instance ?? "server", environment });
}
