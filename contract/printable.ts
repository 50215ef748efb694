/** C0 and C1 controls, DEL, line and paragraph separators, and characters that change the direction of writing. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Makes one line for a log or a terminal from an untrusted text. Each character that would move the cursor, colour the
 * screen, break the line or reverse it becomes `�`; a text longer than `maxLength` is cut and ends in `…`.
 */
export function printable(text: string, maxLength = 300): string {
  const line = text.replaceAll(UNPRINTABLE, "\ufffd");
  return line.length > maxLength ? line.slice(0, maxLength - 1) + "…" : line;
}
