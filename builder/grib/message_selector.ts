import { type Lead, leadBefore, leadMinutes } from "../../contract/lead.ts";
import type { EnsemblePart } from "./ensemble.ts";
import type { GribElement, GribLevel } from "./parameters.ts";

/** A GRIB message by its meaning, never by its number in the file. Names are those of the NCEP inventory. */
export type MessageSelector =
  & {
    readonly element: GribElement;
    readonly level: GribLevel;
    /** The product whose files contain the message, where it is not the variable's. */
    readonly product?: string;
    /** The part of an ensemble; a deterministic field when it is not given. */
    readonly ensemble?: EnsemblePart;
  }
  & ({ readonly statistic: "instant" } | WindowSelector);

interface WindowSelector {
  readonly statistic: "accumulation" | "maximum";
  /**
   * Length of the window in minutes; `run` for all since the start of the run; `any` for the time since the model's
   * previous frame, which differs between its frames.
   */
  readonly windowMinutes: number | "run" | "any";
  /** Minutes from the window's end to the valid time; the message is in the file of the window's end. */
  readonly minutesEarlier?: number;
}

/** Returns the selector of a field at the valid time. */
export function instant(element: GribElement, level: GribLevel): MessageSelector {
  return { element, level, statistic: "instant" };
}

/** Returns a name that no other selector of a product has. */
export function selectorName(selector: MessageSelector): string {
  const part = selector.ensemble === undefined ? "" : `:ensemble ${selector.ensemble}`;
  const base = `${selector.element}:${selector.level}${part}`;
  if (selector.statistic === "instant") return base;
  const { statistic, windowMinutes, minutesEarlier } = selector;
  const length = windowMinutes === "run" ? "run total" : windowMinutes === "any" ? null : duration(windowMinutes);
  const earlier = minutesEarlier ? ` ${duration(minutesEarlier)} earlier` : "";
  return [base, ...(statistic === "accumulation" ? [] : [statistic]), ...(length ? [length] : [])].join(":") + earlier;
}

function duration(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

/** Returns the selector of the same message for the frame of its own file. */
export function inOwnFile(selector: MessageSelector): MessageSelector {
  return selector.statistic === "instant" ? selector : { ...selector, minutesEarlier: 0 };
}

/** Returns the lead time of a message: that of the frame, or an earlier one. */
export function messageLead(selector: MessageSelector, lead: Lead): Lead {
  return selector.statistic === "instant" ? lead : leadBefore(lead, selector.minutesEarlier ?? 0);
}

/** The time of a message, in minutes after the reference time. `startMinutes` is null when any start matches. */
export interface SelectorWindow {
  readonly startMinutes: number | null;
  readonly endMinutes: number;
}

/** Returns the time of a message of a frame: an instant starts when it ends. */
export function selectorWindow(selector: MessageSelector, lead: Lead): SelectorWindow {
  const endMinutes = leadMinutes(messageLead(selector, lead));
  if (selector.statistic === "instant") return { startMinutes: endMinutes, endMinutes };
  const { windowMinutes } = selector;
  const startMinutes = windowMinutes === "run" ? 0 : windowMinutes === "any" ? null : endMinutes - windowMinutes;
  return { startMinutes, endMinutes };
}
