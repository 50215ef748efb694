import type { RunId } from "../../contract/identity.ts";
import type { Promotion } from "../publish/latest_pointer.ts";
import type { Schedule } from "./schedule_types.ts";

/** Tells that a run is shown first now, or why it must not be. That it is withheld is told once a run, elsewhere. */
export function reportPromotion(promotion: Promotion, run: RunId, report: Schedule["report"]): void {
  if (promotion.state === "promoted") report({ kind: "promoted", run });
  if (promotion.state === "refused") report({ kind: "refused", run, findings: promotion.findings });
}
