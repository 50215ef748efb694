/**
 * Objects whose bytes failed a frame in this process. Another source may have an undamaged copy: that source is asked
 * first, and the source of the doubted object last.
 */

const MAX_OBJECTS = 10_000;

/** URLs, oldest first. */
const doubted = new Set<string>();

/** @returns false when the object was already doubted */
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
