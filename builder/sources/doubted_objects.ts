/**
 * Objects whose bytes failed a frame in this process. Another source may have the same object unharmed: it is asked first,
 * and this one last.
 */

const MAX_OBJECTS = 10_000;

/** URLs, the oldest first. */
const doubted = new Set<string>();

/** @returns false when it was doubted before */
export function doubtObject(url: string): boolean {
  if (doubted.has(url)) return false;
  doubted.add(url);
  const [oldest] = doubted;
  if (doubted.size > MAX_OBJECTS) doubted.delete(oldest!);
  return true;
}

export function isDoubted(url: string): boolean {
  return doubted.has(url);
}
