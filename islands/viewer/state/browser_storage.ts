/**
 * Texts that a browser keeps for the next visit. A browser that refuses to, in a private window, with cookies blocked
 * or with a full storage, keeps them for this visit only.
 */

const here = new Map<string, string>();

/** Returns the text that is stored under a name. Null when there is none. */
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
    return; // the text stays in memory
  }
}

export function removeStored(name: string): void {
  here.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    return; // nothing was stored there
  }
}
