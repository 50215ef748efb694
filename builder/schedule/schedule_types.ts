import type { FrameId, RunId } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import type { Model, Source } from "../models/model.ts";
import type { PromotionRules } from "../publish/latest_pointer.ts";
import type { Finding } from "../publish/verify_run.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import type { Patience } from "../sources/race_sources.ts";

/** Time as the scheduler knows it; tests have one that runs faster. */
export interface Clock {
  now(): Date;
  /** @throws the signal's reason when it aborts */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What happened, for logs and people. */
export type ScheduleEvent =
  | { readonly kind: "frame"; readonly outcome: FrameOutcome }
  /** A frame that failed before is tried again. */
  | { readonly kind: "retry"; readonly frame: FrameId }
  | { readonly kind: "given up"; readonly frame: FrameId; readonly attempts: number; readonly reason: string }
  /** Frames were in work when the last process ended: each has used up a try. */
  | { readonly kind: "interrupted"; readonly frames: number }
  /** What upstream has of frames that failed is another now: they are tried anew. */
  | { readonly kind: "upstream changed"; readonly run: RunId; readonly frames: number }
  /** An index that nobody writes any more has lines that cannot be read. Told once. */
  | { readonly kind: "strange index"; readonly run: RunId; readonly reason: string }
  /** Nothing more is to be done for it: all is published, or given up. */
  | { readonly kind: "run done"; readonly run: RunId }
  | { readonly kind: "removed"; readonly run: RunId }
  | { readonly kind: "disk full"; readonly freeBytes: number }
  /** Readers see this run first from now on. */
  | { readonly kind: "promoted"; readonly run: RunId }
  /** It could be shown, and publishing is switched off. */
  | { readonly kind: "withheld"; readonly run: RunId }
  | { readonly kind: "refused"; readonly run: RunId; readonly findings: readonly Finding[] }
  /** A root is not what was set up: nothing is built or removed until it is. Told when it changes. */
  | { readonly kind: "root missing"; readonly reason: string }
  | { readonly kind: "roots are back" }
  /** A part of the round broke off, by a manifest that is damaged, say: of one run, or for all. The next round tries again. */
  | { readonly kind: "round broken"; readonly run: RunId | null; readonly reason: string }
  | {
    readonly kind: "waiting";
    readonly ms: number;
    readonly runs: readonly RunId[];
    /** How long the next missing hour of the newest run is late against its usual time. */
    readonly overdueMs: number;
  };

/** What a scheduler is given. */
export interface Schedule {
  readonly model: Model;
  readonly roots: DataRoots;
  readonly workers: number;
  readonly keepRuns: number;
  /** How long a run stays that was caught up on though it is older than those that are kept; none when not given. */
  readonly keepCaughtUpMs?: number;
  readonly minFreeBytes: number;
  /** Runs before the newest that are caught up on. */
  readonly backfill: number;
  /** One round over all that there is now, instead of for ever. */
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
