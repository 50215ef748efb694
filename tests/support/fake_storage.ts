import { replaceGlobals } from "./replace_globals.ts";

/**
 * Puts an empty `localStorage` in the browser's place until the test ends, and returns what is stored in it.
 * @param doesRefuse whether it fails, as in a private window
 */
export function fakeStorage(doesRefuse = false): Map<string, string> & Disposable {
  const stored = new Map<string, string>();
  const kept = <T>(act: () => T): T => {
    if (doesRefuse) throw new DOMException("The quota has been exceeded", "QuotaExceededError");
    return act();
  };
  const localStorage = {
    getItem: (name: string) => kept(() => stored.get(name) ?? null),
    setItem: (name: string, text: string) => kept(() => void stored.set(name, text)),
    removeItem: (name: string) => kept(() => void stored.delete(name)),
  };
  const globals = replaceGlobals({ localStorage });
  return Object.assign(stored, { [Symbol.dispose]: () => globals[Symbol.dispose]() });
}
