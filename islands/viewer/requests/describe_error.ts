/** Whether `fetch` threw this because there is no network, by the messages of Chromium, Firefox and Safari. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
}

/** Describes an error for a reader. */
export function messageOf(error: unknown): string {
  if (isNetworkError(error)) return "the server cannot be reached";
  const status = (error as { readonly status?: unknown } | null)?.status;
  if (typeof status === "number") return `the server answered ${status}`;
  if (error instanceof DOMException && error.name === "TimeoutError") return "the server did not answer in time";
  return error instanceof Error ? error.message : String(error);
}
