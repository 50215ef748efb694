import { printable } from "../../contract/printable.ts";

/** A line for people, on stderr, or a few; stdout belongs to results. */
export function say(text: string): void {
  write(Deno.stderr, withoutControls(text) + "\n");
}

/** A line of results, on stdout. */
export function print(line: string): void {
  write(Deno.stdout, withoutControls(line) + "\n");
}

/** Whether somebody sees what is said as it is said, and not a file or a journal. */
export function isTerminal(): boolean {
  return Deno.stderr.isTerminal();
}

/** Texts from upstream are made printable where they enter a message; whatever was forgotten ends here. */
function withoutControls(text: string): string {
  return text.split("\n").map((line) => printable(line, Infinity)).join("\n");
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
