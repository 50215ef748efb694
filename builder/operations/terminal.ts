import { printable } from "../../contract/printable.ts";

/** Writes one or more lines for people to stderr; stdout is for results. */
export function say(text: string): void {
  write(Deno.stderr, withoutControls(text) + "\n");
}

/** Writes a line of results to stdout. */
export function print(line: string): void {
  write(Deno.stdout, withoutControls(line) + "\n");
}

/** Whether stderr is a terminal with a person in front of it, and not a file or a journal. */
export function isTerminal(): boolean {
  return Deno.stderr.isTerminal();
}

/**
 * Replaces control characters. Texts from upstream are made printable where they enter a message; this is the last
 * safeguard.
 */
function withoutControls(text: string): string {
  return text.split("\n").map((line) => printable(line, Infinity)).join("\n");
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
