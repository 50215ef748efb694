/** One GRIB message, by what it means and never by its number. Words are those of the NCEP inventory. */
export type MessageSelector =
  & { readonly element: string; readonly level: string }
  & (
    | { readonly statistic: "instant" }
    | {
      readonly statistic: "accumulation";
      /** The window's length, or all since the start of the run. */
      readonly hours: number | "run";
      /** The window ends this long before the valid time, and the message is in that hour's file. */
      readonly hoursEarlier?: number;
    }
    /** The largest value since the hour before in the files, however long that was. */
    | { readonly statistic: "maximum" }
  );

/** A field at the valid time. */
export function instant(element: string, level: string): MessageSelector {
  return { element, level, statistic: "instant" };
}

/** A name that no other selector has. */
export function selectorName(selector: MessageSelector): string {
  const base = `${selector.element}:${selector.level}`;
  if (selector.statistic === "instant") return base;
  if (selector.statistic === "maximum") return `${base}:maximum`;
  const earlier = selector.hoursEarlier ? ` ${selector.hoursEarlier} h earlier` : "";
  return `${base}:${selector.hours === "run" ? "run total" : `${selector.hours} h`}${earlier}`;
}

/** The same message, as the file of its own hour sees it. */
export function inOwnHour(selector: MessageSelector): MessageSelector {
  return selector.statistic === "accumulation" ? { ...selector, hoursEarlier: 0 } : selector;
}

/** The forecast hour in whose file a message is. */
export function fileHour(selector: MessageSelector, fh: number): number {
  return selector.statistic === "accumulation" ? fh - (selector.hoursEarlier ?? 0) : fh;
}

/** The hours after the cycle that a message is about; `startHour` is null when any will do. */
export function selectorWindow(
  selector: MessageSelector,
  fh: number,
): { readonly startHour: number | null; readonly endHour: number } {
  const endHour = fileHour(selector, fh);
  if (selector.statistic === "instant") return { startHour: endHour, endHour };
  if (selector.statistic === "maximum") return { startHour: null, endHour };
  return { startHour: selector.hours === "run" ? 0 : endHour - selector.hours, endHour };
}
