/**
 * Joins bytes in an array that has its memory for itself, so that it can be transferred to another thread; the memory
 * of a small `Buffer` is shared with others.
 */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
