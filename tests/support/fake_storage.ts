import { withGlobals } from "./with_globals.ts";

/** Runs a test with an empty `localStorage` of its own. @param doesRefuse whether it fails, as in a private window */
export async function withStorage(
  test: (stored: Map<string, string>) => void | Promise<void>,
  doesRefuse = false,
): Promise<void> {
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
  await withGlobals({ localStorage }, () => test(stored));
}
