import type { FrameId, RunId } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import type { Model, Source } from "../models/model.ts";
import type { PromotionRules } from "../publish/latest_pointer.ts";
import type { Finding } from "../publish/verify_run.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import type { Patience } from "../sources/race_sources.ts";

/** The scheduler's clock; tests have a faster one. */
export interface Clock {
  now(): Date;
  /** Waits. @throws the signal's reason when it aborts */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** An event of the scheduler, for logs and people. */
export type ScheduleEvent =
  | { readonly kind: "frame"; readonly outcome: FrameOutcome }
  /** A frame that failed before is tried again. */
  | { readonly kind: "retry"; readonly frame: FrameId }
  | { readonly kind: "given up"; readonly frame: FrameId; readonly attempts: number; readonly reason: string }
  /** Frames were in work when the last process ended: each has used up a try. */
  | { readonly kind: "interrupted"; readonly frames: number }
  /** Upstream's objects of failed frames have changed: the frames are tried again. */
  | { readonly kind: "upstream changed"; readonly run: RunId; readonly frames: number }
  /** An index that is no longer being written has lines that cannot be read. Reported once. */
  | { readonly kind: "strange index"; readonly run: RunId; readonly reason: string }
  /** Nothing is left to build of the run: every frame is published or given up. */
  | { readonly kind: "run done"; readonly run: RunId }
  /** No list names the run any more; its frames are served for a while. */
  | { readonly kind: "retired"; readonly run: RunId }
  /** The run's files are gone: early when the disk was too full to wait for readers whose lists name them. */
  | { readonly kind: "removed"; readonly run: RunId; readonly isEarly: boolean }
  | { readonly kind: "disk full"; readonly freeBytes: number }
  /** Readers who name no run get this run from now on. */
  | { readonly kind: "promoted"; readonly run: RunId }
  /** The run could be shown, and publishing is switched off. */
  | { readonly kind: "withheld"; readonly run: RunId }
  | { readonly kind: "refused"; readonly run: RunId; readonly findings: readonly Finding[] }
  /** A root is not the one that was set up: nothing is built or removed until it is. Reported when it changes. */
  | { readonly kind: "root missing"; readonly reason: string }
  | { readonly kind: "roots are back" }
  /**
   * A part of the round broke off, for example by a damaged manifest: for one run, or for all. The next round tries
   * again.
   */
  | { readonly kind: "round broken"; readonly run: RunId | null; readonly reason: string }
  | {
    readonly kind: "waiting";
    readonly ms: number;
    readonly runs: readonly RunId[];
    /** Delay of the next missing hour beyond its usual time, of the newest run that misses one; 0 before that. */
    readonly overdueMs: number;
  };

/** Inputs of a scheduler. */
export interface Schedule {
  readonly model: Model;
  readonly roots: DataRoots;
  readonly workers: number;
  readonly keepRuns: number;
  /**
   * Time that a run stays when it was built to catch up and is older than the runs that are kept; none when not given.
   */
  readonly keepCaughtUpMs?: number;
  readonly minFreeBytes: number;
  /** Number of runs before the newest to catch up on. */
  readonly backfill: number;
  /** True: one round over everything available now, instead of rounds without end. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly retryPolicy?: RetryPolicy;
  readonly patience?: Patience;
  readonly promotion: PromotionRules;
  sourcesFor(run: RunId): readonly Source[];
  freeBytes(): Promise<number>;
  report(event: ScheduleEvent): void;
}
