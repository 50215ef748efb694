import type { RunId } from "../../contract/identity.ts";

/** Formats of times and numbers for people. */

/** Formats a time as `Thu 29 Jan, 18:00 UTC`, or in the reader's own time zone when `timeZone` is undefined. */
export function formatTime(iso: string, timeZone: string | undefined): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: timeZone === "UTC" ? "2-digit" : "numeric",
    minute: "2-digit",
    hourCycle: timeZone === "UTC" ? "h23" : "h12",
    timeZoneName: "short",
    ...(timeZone ? { timeZone } : {}),
  }).formatToParts(new Date(iso));
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? "";
  const clock = [`${part("hour")}:${part("minute")}`, part("dayPeriod")].filter(Boolean).join(" ");
  return `${part("weekday")} ${part("day")} ${part("month")}, ${clock} ${part("timeZoneName")}`;
}

/** Formats `20260129_17z` as `29 Jan 17Z`. */
export function formatRun(run: RunId): string {
  const day = new Date(`${run.slice(0, 4)}-${run.slice(4, 6)}-${run.slice(6, 8)}`);
  const month = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" }).format(day);
  return `${day.getUTCDate()} ${month} ${run.slice(9, 11)}Z`;
}

/** Formats units that follow a number: `10⁻⁵ s⁻¹` becomes `× 10⁻⁵ s⁻¹`. */
export function formatUnits(units: string): string {
  if (units === "code") return ""; // the value has a label
  return units.startsWith("10") ? `× ${units}` : units;
}

export function formatValue(value: number, precision: number): string {
  return value.toFixed(precision).replace("-", "−");
}

/** Formats an age in milliseconds as `5 h old`. */
export function formatAge(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 90) return `${minutes} min old`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h old` : `${Math.round(hours / 24)} d old`;
}

/**
 * Formats a time as `06:00 UTC`, to stand beside the local time, or as `Fri 06:00 UTC` when the UTC day is another one.
 */
export function formatUtcClock(iso: string): string {
  const time = new Date(iso);
  if (time.getTimezoneOffset() === 0) return ""; // the local time is UTC already
  const isOtherDay = time.getDate() !== time.getUTCDate();
  const day = new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone: "UTC" }).format(time);
  return `${isOtherDay ? `${day} ` : ""}${iso.slice(11, 16)} UTC`;
}

/** Formats a point as `45.52° N, 122.68° W`. */
export function formatPoint({ latDeg, lonDeg }: { readonly latDeg: number; readonly lonDeg: number }): string {
  const latitude = `${Math.abs(latDeg).toFixed(2)}° ${latDeg < 0 ? "S" : "N"}`;
  return `${latitude}, ${Math.abs(lonDeg).toFixed(2)}° ${lonDeg < 0 ? "W" : "E"}`;
}
