import { frameFields, type FrameId } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { printable } from "../../contract/printable.ts";
import type { Model, Source } from "../models/model.ts";
import { say } from "../operations/terminal.ts";
import { type RefetchedFrame, refetchFrames } from "../publish/refetch_run.ts";
import { DEFAULT_RETRY_POLICY } from "../sources/http_store.ts";

/** The outcomes of a run's frames. */
export type Refetching = readonly RefetchedFrame[];

/** Refetches and rebuilds frames, and reports the outcome of each as soon as it is known. */
export async function refetch(
  roots: DataRoots,
  model: Model,
  frames: readonly FrameId[],
  sources: readonly Source[],
): Promise<Refetching> {
  const { signal } = new AbortController();
  const refetched: RefetchedFrame[] = [];
  for await (
    const frame of refetchFrames(roots, model, frames, { sources, signal, retryPolicy: DEFAULT_RETRY_POLICY })
  ) {
    refetched.push(frame);
    report(frame);
  }
  return refetched;
}

/** Whether an outcome is a problem: a frame without a receipt is none. */
export function isDifferent({ outcome }: RefetchedFrame): boolean {
  return outcome !== "same" && outcome !== "no receipt";
}

function report(refetched: RefetchedFrame): void {
  const { frame, outcome, facts } = refetched;
  const mark = isDifferent(refetched) ? "FAIL " : outcome === "same" ? "same " : "     ";
  const words = [
    ...(outcome === "same" ? ["rebuilt the same"] : [outcome]),
    ...facts.map((fact) => printable(fact, 600)),
  ];
  say(`${mark} ${frame.model} ${frame.run} ${frame.var} forecast hour ${leadText(frame.lead)}: ${words.join("; ")}`);
}

/** Counts frames by outcome, in words. */
export function summaryOf(refetched: Refetching): string {
  const counts = Map.groupBy(refetched, ({ outcome }) => outcome).entries()
    .map(([outcome, frames]) => `${frames.length} ${outcome}`);
  return [`${refetched.length} ${refetched.length === 1 ? "frame" : "frames"} refetched`, ...counts].join(", ");
}

/** The members of an outcome in the JSON report. */
export function refetchedFields({ frame, outcome, facts }: RefetchedFrame) {
  return { ...frameFields(frame), outcome, facts };
}
