import type { RunId } from "../../contract/identity.ts";
import type { Promotion } from "../publish/latest_pointer.ts";
import type { Schedule } from "./schedule.ts";

/** Tells what became of a run's promotion, when something did. */
export function reportPromotion(promotion: Promotion, run: RunId, report: Schedule["report"]): void {
  if (promotion.state === "promoted" || promotion.state === "withheld") report({ kind: promotion.state, run });
  if (promotion.state === "refused") report({ kind: "refused", run, findings: promotion.findings });
}
