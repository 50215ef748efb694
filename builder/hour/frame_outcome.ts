import type { FrameId } from "../../contract/identity.ts";
import { DiskError } from "../disk/disk_error.ts";
import type { Promotion } from "../publish/latest_pointer.ts";
import { RootError } from "../publish/root_markers.ts";

/** The outcome of a frame. `waiting`: no source has it yet. */
export interface FrameOutcome {
  readonly frame: FrameId;
  readonly status: "published" | "already published" | "waiting" | "failed";
  /** Reason why the frame is waiting or failed. */
  readonly reason?: string;
  /** Unreadable part of an index that is no longer being written: a case for an operator. */
  readonly strangeness?: string;
  /** True when sources did not answer or the disk cannot be written: the failure does not count against the frame. */
  readonly isOutage?: boolean;
  /** Class of the error that the frame failed with. */
  readonly errorName?: string;
  /** Milliseconds by phase, of a published frame. */
  readonly timingsMs?: Readonly<Record<string, number>>;
  /** Seconds since the messages of a published frame appeared upstream, by upstream's times. */
  readonly lagS?: number;
  /** Result of the promotion of a published frame's run. */
  readonly promotion?: Promotion;
}

/** Whether an error means that the disk is full, read-only or away. Errors come from Workers by name. */
export function isDiskTrouble(errorName: string): boolean {
  return errorName === DiskError.name || errorName === RootError.name;
}

/** Returns the outage flag of an outcome: a failure of the disk does not count against the frame. */
export function outageIf(errorName: string): { isOutage?: true } {
  return isDiskTrouble(errorName) ? { isOutage: true } : {};
}
