import type { FrameId } from "../../contract/identity.ts";
import type { Failure, FailureKind } from "./failure.ts";
import type { Promotion } from "../publish/latest_pointer.ts";

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
  /** Cause of a failed build or publication. */
  readonly failure?: FailureKind;
  /** Milliseconds by phase, of a published frame. */
  readonly timingsMs?: Readonly<Record<string, number>>;
  /** Time when the last of the objects that a published frame is made from appeared upstream (ISO 8601). */
  readonly modified?: string;
  /** Seconds since the messages of a published frame appeared upstream, by upstream's times. */
  readonly lagS?: number;
  /** Result of the promotion of a published frame's run. */
  readonly promotion?: Promotion;
}

/** Returns the part of an outcome that a failure decides: a failure of the disk is not counted against the frame. */
export function failed(
  { kind, errorName }: Failure,
): Pick<FrameOutcome, "status" | "failure" | "errorName" | "isOutage"> {
  return { status: "failed", failure: kind, errorName, ...(kind === "disk" ? { isOutage: true } : {}) };
}
