import { DiskError } from "../disk/disk_error.ts";
import { GateError } from "../gates/gate_error.ts";
import { BadGribError } from "../grib/messages.ts";
import { RootError } from "../publish/root_markers.ts";

/**
 * Cause of a failure, which decides what happens next. `disk`: the disk is full, read-only or missing, and nothing is
 * known against the frame; `input`: a message is damaged or of another model; `gate`: the frame breaks a rule; `bug`: an unforeseen error.
 */
export type FailureKind = "disk" | "input" | "gate" | "bug";

/** A failure as plain data: errors lose their class on the way from a Worker. */
export interface Failure {
  readonly kind: FailureKind;
  /** Class of the error. */
  readonly errorName: string;
  readonly message: string;
}

export function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { kind: kindOf(error), errorName: name, message };
}

function kindOf(error: unknown): FailureKind {
  if (error instanceof DiskError || error instanceof RootError) return "disk";
  if (error instanceof GateError) return "gate";
  return error instanceof BadGribError ? "input" : "bug";
}
