import type { DataRoots } from "../../contract/paths.ts";
import { RootError } from "../publish/root_markers.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import type { ScheduleEvent } from "./schedule_types.ts";

/** Checks the roots at every call. A problem is reported once, and again when it changes. */
export class RootWatch {
  readonly #roots: DataRoots;
  readonly #report: (event: ScheduleEvent) => void;
  #problem: string | null = null;

  constructor(roots: DataRoots, report: (event: ScheduleEvent) => void) {
    this.#roots = roots;
    this.#report = report;
  }

  /** Whether the roots are there and this installation's. Roots of a new installation are set up. */
  async areThere(): Promise<boolean> {
    try {
      await setUpRoots(this.#roots);
    } catch (error) {
      if (!(error instanceof RootError)) throw error;
      if (this.#problem !== error.message) this.#report({ kind: "root missing", reason: error.message });
      this.#problem = error.message;
      return false;
    }
    if (this.#problem !== null) this.#report({ kind: "roots are back" });
    this.#problem = null;
    return true;
  }
}
