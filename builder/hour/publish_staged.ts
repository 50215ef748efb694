import type { FrameId } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import type { Model } from "../models/model.ts";
import type { PromotionRules } from "../publish/latest_pointer.ts";
import { publishFrame } from "../publish/publish_frame.ts";
import { upstreamTime } from "../sources/upstream_clock.ts";
import { failureOf } from "./failure.ts";
import { failed, type FrameOutcome } from "./frame_outcome.ts";

interface Publication {
  readonly model: Model;
  readonly roots: DataRoots;
  readonly signal: AbortSignal;
  readonly promotion: PromotionRules;
}

/**
 * Publishes a staged frame. A full disk or a damaged manifest fails this frame and is reported; the next one may
 * succeed.
 */
export async function publishStaged(
  frame: FrameId,
  timingsMs: Readonly<Record<string, number>>,
  modified: string | null,
  { model, roots, signal, promotion: rules }: Publication,
): Promise<FrameOutcome> {
  const started = performance.now();
  try {
    const { promotion } = await publishFrame(roots, model, frame, rules);
    const own = promotion.state === "refused"
      ? promotion.findings.find((finding) => finding.frame?.var === frame.var && finding.frame.lead === frame.lead)
      : undefined;
    if (own) return { frame, status: "failed", errorName: "RunRefusedError", reason: own.problem, promotion };
    return {
      frame,
      status: "published",
      timingsMs: { ...timingsMs, publish: Math.round(performance.now() - started) },
      ...(modified === null ? {} : { modified, lagS: lagSince(modified) }),
      promotion,
    };
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(error);
    return { frame, ...failed(failure), reason: failure.message };
  }
}

/** Returns the seconds since a time of upstream's, by upstream's clock: never below zero. */
function lagSince(modified: string): number {
  return Math.max(0, (upstreamTime(new Date()).getTime() - Date.parse(modified)) / 1000);
}
