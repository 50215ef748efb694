import type { RunId } from "../../contract/identity.ts";
import type { Promotion } from "../publish/latest_pointer.ts";
import type { Schedule } from "./schedule_types.ts";

/** Reports that a run was promoted, or why it is refused. A withheld run is reported elsewhere, once per run. */
export function reportPromotion(promotion: Promotion, run: RunId, report: Schedule["report"]): void {
  if (promotion.state === "promoted") report({ kind: "promoted", run });
  if (promotion.state === "refused") report({ kind: "refused", run, findings: promotion.findings });
}
