/**
 * What a browser keeps for the next visit. One that refuses to, in a private window, with cookies blocked or when it is full,
 * keeps it for this visit.
 */

const here = new Map<string, string>();

/** What was kept under a name, or null. */
export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(name) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

export function writeStored(name: string, text: string): void {
  here.set(name, text);
  try {
    localStorage.setItem(name, text);
  } catch {
    return; // it stays in memory
  }
}

export function removeStored(name: string): void {
  here.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    return; // nothing was kept there
  }
}
