import type { FrameId } from "../../contract/identity.ts";
import { DiskError } from "../disk/disk_error.ts";
import type { Promotion } from "../publish/latest_pointer.ts";
import { RootError } from "../publish/root_markers.ts";

/** What became of a frame. `waiting`: no source has it yet. */
export interface FrameOutcome {
  readonly frame: FrameId;
  readonly status: "published" | "already published" | "waiting" | "failed";
  /** Why it is waiting or failed. */
  readonly reason?: string;
  /** What of an index that nobody writes any more cannot be read: somebody should look. */
  readonly strangeness?: string;
  /** It failed because sources did not answer or the disk cannot be written: nothing is known against the frame. */
  readonly isOutage?: boolean;
  /** Class of the error it failed with. */
  readonly errorName?: string;
  /** Of a published frame: milliseconds by phase. */
  readonly timingsMs?: Readonly<Record<string, number>>;
  /** Of a published frame: seconds since its messages appeared upstream, as upstream tells. */
  readonly lagS?: number;
  /** Of a published frame: whether its run is shown first now, or why not. */
  readonly promotion?: Promotion;
}

/** The disk is full, read-only or away. Errors come from Workers by name. */
export function isDiskTrouble(errorName: string): boolean {
  return errorName === DiskError.name || errorName === RootError.name;
}

/** Of an outcome: what failed by the disk is held against no frame. */
export function outageIf(errorName: string): { isOutage?: true } {
  return isDiskTrouble(errorName) ? { isOutage: true } : {};
}
