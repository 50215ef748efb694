import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import type { Log } from "../../server/log.ts";

export interface KeptLog {
  readonly log: Log;
  readonly records: readonly LogRecord[];
  /** Returns level and message of each record, without its properties. */
  messages(): string[];
}

/** Makes a log that keeps its records, from level "info" on. It replaces the log of an earlier call. */
export function keptLog(): KeptLog {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { kept: (record) => records.push(record) },
    loggers: [
      { category: ["test"], lowestLevel: "info", sinks: ["kept"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: [] },
    ],
    reset: true,
  });
  return {
    log: getLogger(["test"]),
    records,
    messages: () => records.map(({ level, rawMessage }) => `${level}: ${rawMessage}`),
  };
}
