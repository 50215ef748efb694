/** How times and numbers are written for people. */

/** `Thu 29 Jan, 18:00 UTC`; in the reader's own zone when `timeZone` is undefined. */
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

/** `20260129_17z` as `29 Jan 17Z`. */
export function formatRun(cycleIso: string): string {
  const cycle = new Date(cycleIso);
  const month = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" }).format(cycle);
  return `${cycle.getUTCDate()} ${month} ${String(cycle.getUTCHours()).padStart(2, "0")}Z`;
}

export function formatValue(value: number, precision: number): string {
  return value.toFixed(precision).replace("-", "−");
}
