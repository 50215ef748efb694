/** A line for people, on stderr; stdout belongs to results. */
export function say(line: string): void {
  write(Deno.stderr, line + "\n");
}

/** A line of results, on stdout. */
export function print(line: string): void {
  write(Deno.stdout, line + "\n");
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
