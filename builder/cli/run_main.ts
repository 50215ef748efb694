import { UnverifiedFeedError } from "../feed_check/feed_record.ts";
import { AecUnusableError } from "../grib/aec/library.ts";
import { ConfigurationError } from "../../contract/environment.ts";
import { GateError } from "../gates/gate_error.ts";
import { GdalError, GdalUnusableError } from "../gdal/errors.ts";
import { GdalNotFoundError } from "../gdal/locate.ts";
import { UnknownNameError } from "../models/registry.ts";
import { RollbackError } from "../publish/latest_pointer.ts";
import { RootError } from "../publish/root_markers.ts";
import { RunRefusedError } from "../publish/validate_run.ts";
import { DiskError } from "../disk/disk_error.ts";
import { BadDocumentError } from "../disk/read_json.ts";
import { BadGribError } from "../grib/messages.ts";
import { SchedulerRunningError } from "../schedule/scheduler_lock.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { say } from "../operations/terminal.ts";
import { UsageError } from "./usage_error.ts";

const WRONG_USAGE = [
  UsageError,
  UnknownNameError,
  ConfigurationError,
  UnverifiedFeedError,
  GdalNotFoundError,
  GdalUnusableError,
  AecUnusableError,
];
/** Error when a signal ended the work. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

const EXPECTED_FAILURES = [
  StoppedError,
  BadDocumentError,
  AllSourcesFailedError,
  BadGribError,
  DiskError,
  GateError,
  GdalError,
  RollbackError,
  RootError,
  RunRefusedError,
  SchedulerRunningError,
];

/**
 * Runs a command and exits with its code: 0 done, 1 the work failed, 2 wrong usage or set-up. A failure that a person
 * can act on is one message; any other is a bug in this program and is shown with its stack.
 */
export async function runMain(main: (args: readonly string[]) => Promise<void>, usage: string): Promise<never> {
  try {
    await main(Deno.args);
    Deno.exit(0);
  } catch (error) {
    if (WRONG_USAGE.some((type) => error instanceof type)) {
      say(`error: ${(error as Error).message}`);
      if (error instanceof UsageError) say(usage);
      Deno.exit(2);
    }
    const isExplained = EXPECTED_FAILURES.some((type) => error instanceof type) || isSystemError(error);
    say(isExplained ? `error: ${(error as Error).message}` : `error: ${(error as Error).stack ?? error}`);
    Deno.exit(1);
  }
}

/**
 * Whether an error comes from the system, such as a file that cannot be written or a full disk: its message is enough.
 */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && (/\(os error [0-9]+\)/.test(error.message) || isSystemError(error.cause));
}
