import type { GribElement, GribLevel } from "./parameters.ts";

/** A GRIB message by its meaning, never by its number in the file. Names are those of the NCEP inventory. */
export type MessageSelector =
  & { readonly element: GribElement; readonly level: GribLevel }
  & (
    | { readonly statistic: "instant" }
    | {
      readonly statistic: "accumulation";
      /** The window's length in hours, or `run` for all since the start of the run. */
      readonly hours: number | "run";
      /** Hours from the window's end to the valid time; the message is in the file of the hour at the window's end. */
      readonly hoursEarlier?: number;
    }
    /** The largest value since the model's previous forecast hour; the steps between its hours differ. */
    | { readonly statistic: "maximum" }
  );

/** Returns the selector of a field at the valid time. */
export function instant(element: GribElement, level: GribLevel): MessageSelector {
  return { element, level, statistic: "instant" };
}

/** Returns a name that no other selector has. */
export function selectorName(selector: MessageSelector): string {
  const base = `${selector.element}:${selector.level}`;
  if (selector.statistic === "instant") return base;
  if (selector.statistic === "maximum") return `${base}:maximum`;
  const earlier = selector.hoursEarlier ? ` ${selector.hoursEarlier} h earlier` : "";
  return `${base}:${selector.hours === "run" ? "run total" : `${selector.hours} h`}${earlier}`;
}

/** Returns the selector of the same message for the forecast hour of its own file. */
export function inOwnHour(selector: MessageSelector): MessageSelector {
  return selector.statistic === "accumulation" ? { ...selector, hoursEarlier: 0 } : selector;
}

/** Returns the forecast hour whose file contains a message. */
export function fileHour(selector: MessageSelector, fh: number): number {
  return selector.statistic === "accumulation" ? fh - (selector.hoursEarlier ?? 0) : fh;
}

/** Returns the window of a message, in hours after the reference time. `startHour` is null when any start matches. */
export function selectorWindow(
  selector: MessageSelector,
  fh: number,
): { readonly startHour: number | null; readonly endHour: number } {
  const endHour = fileHour(selector, fh);
  if (selector.statistic === "instant") return { startHour: endHour, endHour };
  if (selector.statistic === "maximum") return { startHour: null, endHour };
  return { startHour: selector.hours === "run" ? 0 : endHour - selector.hours, endHour };
}
