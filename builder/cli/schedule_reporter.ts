import type { Configuration } from "../../contract/environment.ts";
import type { RunId } from "../../contract/identity.ts";
import { leadFields, leadText } from "../../contract/lead.ts";
import { GRACE_S } from "../../contract/retirement.ts";
import { BYTES_PER_GB } from "../disk/free_bytes.ts";
import { literal, type Log, makeLog } from "../operations/log.ts";
import { expectedFrames, type Model } from "../models/model.ts";
import { onPhase } from "../publish/phases.ts";
import { reasonsOf } from "../publish/validate_run.ts";
import type { ScheduleEvent } from "../schedule/schedule_types.ts";
import { Progress, type ProgressBar } from "./progress.ts";

/** Reports the scheduler's events to people or a journal. */
export interface ScheduleReporter extends Disposable {
  /**
   * Reports the start of the scheduler.
   * @param changes versions and settings that changed since the last start
   */
  start(changes: readonly string[]): void;
  report(event: ScheduleEvent): void;
  /** Reports that a signal ended the scheduler. */
  stop(): void;
}

/** Makes a reporter: bars on a terminal, and elsewhere JSON lines with the frames and runs that they concern. */
export async function makeReporter(
  configuration: Configuration,
  name: string,
  model: Model,
): Promise<ScheduleReporter> {
  if (Deno.stderr.isTerminal()) return new Bars(model);
  return new Lines((await makeLog(configuration, name)).with({ model: model.id }));
}

class Lines implements ScheduleReporter {
  readonly #log: Log;
  readonly #unlisten: () => void;

  constructor(log: Log) {
    this.#log = log;
    this.#unlisten = onPhase((phase, { run, var: variable, lead }) =>
      log.debug(`reached: ${phase}`, { run, var: variable, ...leadFields(lead), phase })
    );
  }

  start(changes: readonly string[]): void {
    this.#log.info("started", { changes });
  }

  report(event: ScheduleEvent): void {
    const words = literal(wordsOf(event));
    const fields = fieldsOf(event);
    switch (levelOf(event)) {
      case "debug":
        return this.#log.debug(words, fields);
      case "info":
        return this.#log.info(words, fields);
      case "warn":
        return this.#log.warn(words, fields);
      case "error":
        return this.#log.error(words, fields);
    }
  }

  stop(): void {
    this.#log.info("stopped by a signal");
  }

  [Symbol.dispose](): void {
    this.#unlisten();
  }
}

/** Shows a bar for each run, and problems above the bars. */
class Bars implements ScheduleReporter {
  readonly #progress = new Progress();
  readonly #bars = new Map<RunId, ProgressBar>();
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  start(changes: readonly string[]): void {
    if (changes.length > 0) this.#say(`Changed since the last start: ${changes.join(", ")}`);
  }

  report(event: ScheduleEvent): void {
    if (event.kind === "frame" && event.outcome.status !== "failed") {
      const { frame: { run }, status } = event.outcome;
      if (status === "published") this.#bar(run).step();
    } else if (event.kind !== "waiting" && event.kind !== "retry") this.#say(wordsOf(event));
  }

  stop(): void {
    this.#say("stopped by a signal");
  }

  #bar(run: RunId): ProgressBar {
    let bar = this.#bars.get(run);
    if (!bar) this.#bars.set(run, bar = this.#progress.bar(run, expectedFrames(this.#model, run)));
    return bar;
  }

  #say(words: string): void {
    this.#progress.say(`${new Date().toISOString().slice(11, 19)} ${words}`);
  }

  [Symbol.dispose](): void {
    this.#progress[Symbol.dispose]();
  }
}

function wordsOf(event: ScheduleEvent): string {
  switch (event.kind) {
    case "frame": {
      const { frame, status, reason } = event.outcome;
      const why = status === "failed" ? `: ${reason}` : "";
      return `${status}: ${frame.model} ${frame.run} ${frame.var} forecast hour ${leadText(frame.lead)}${why}`;
    }
    case "retry":
      return `trying again: ${event.frame.run} ${event.frame.var} forecast hour ${leadText(event.frame.lead)}`;
    case "given up": {
      const { frame, attempts, reason } = event;
      return `given up after ${attempts} tries: ${frame.run} ${frame.var} forecast hour ${
        leadText(frame.lead)
      }: ${reason}`;
    }
    case "interrupted":
      return `the last process ended while it built ${event.frames} frames: this counts as a try of each, and each is tried again alone`;
    case "upstream changed":
      return `${event.run}: the files of ${event.frames} failed frames have changed: they are tried again`;
    case "strange index":
      return `${event.run}: ${event.reason}`;
    case "run done":
      return `${event.run} is done`;
    case "retired":
      return `${event.run} is no longer listed; its files are removed in ${GRACE_S / 60} minutes or later`;
    case "removed":
      return event.isEarly
        ? `${event.run} was removed, and readers may still ask for it: TWF_V3_MIN_FREE_GB requires more space`
        : `${event.run} was removed`;
    case "promoted":
      return `${event.run} is now the latest run`;
    case "withheld":
      return `${event.run} is ready to be the latest run; TWF_V3_PUBLISH_ENABLED=false withholds it`;
    case "refused":
      return `${event.run} is not promoted: ${reasonsOf(event.findings)}`;
    case "root missing":
      return event.reason;
    case "roots are back":
      return "all roots are back: building continues";
    case "round broken":
      return `error in ${event.run ?? "the round"}: ${event.reason}`;
    case "disk full":
      return `nothing is built: ${
        (event.freeBytes / BYTES_PER_GB).toFixed(1)
      } GB are free, and TWF_V3_MIN_FREE_GB requires more`;
    case "waiting":
      return `asking again for ${event.runs.join(", ") || "a new cycle"} in ${Math.round(event.ms / 1000)} s`;
  }
}

function levelOf(event: ScheduleEvent): "debug" | "info" | "warn" | "error" {
  switch (event.kind) {
    case "given up":
    case "refused":
    case "round broken":
    case "root missing":
    case "disk full":
      return "error";
    case "withheld":
    case "interrupted":
    case "strange index":
      return "warn";
    case "retry":
    case "waiting":
      return "debug";
    case "removed":
      return event.isEarly ? "warn" : "info";
    case "frame":
      if (event.outcome.status === "failed") return "warn";
      // A frame that is not there yet is requested every few seconds: not worth a line.
      return event.outcome.status === "waiting" ? "debug" : "info";
    default:
      return "info";
  }
}

function fieldsOf(event: ScheduleEvent): Record<string, unknown> {
  switch (event.kind) {
    case "frame": {
      const { frame, status, timingsMs, lagS } = event.outcome;
      const details = {
        ...(timingsMs ? { timings_ms: timingsMs } : {}),
        ...(lagS === undefined ? {} : { lag_s: lagS }),
      };
      return { run: frame.run, var: frame.var, ...leadFields(frame.lead), status, ...details };
    }
    case "retry":
    case "given up":
      return { run: event.frame.run, var: event.frame.var, ...leadFields(event.frame.lead) };
    case "waiting":
    case "interrupted":
    case "root missing":
    case "roots are back":
    case "disk full":
      return {};
    default:
      return event.run === null ? {} : { run: event.run };
  }
}
