import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * Whether the page is hydrated: false on the server and in the first rendering in the browser, which must repeat the
 * server's rendering and has no time zone yet.
 */
export function useIsHydrated(): boolean {
  const [isHydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return isHydrated;
}

/** Calls back when the reader presses something outside an element, or Escape. */
export function useDismiss(element: RefObject<HTMLElement | null>, isOpen: boolean, dismiss: () => void): void {
  useEffect(() => {
    if (!isOpen) return;
    const press = (event: Event) => {
      if (!element.current?.contains(event.target as Node)) dismiss();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      dismiss();
      element.current?.querySelector<HTMLElement>("button")?.focus();
    };
    document.addEventListener("pointerdown", press);
    document.addEventListener("keydown", key, true);
    return () => {
      document.removeEventListener("pointerdown", press);
      document.removeEventListener("keydown", key, true);
    };
  }, [isOpen]);
}
