import { effect } from "@preact/signals";
import { formatPermalink } from "./permalink.ts";
import type { Viewer } from "./viewer.ts";

/** Browsers refuse pages that change their address too often. */
const SETTLE_MS = 250;

/** Keeps the page's address in step with what is painted. @returns a function that ends it */
export function keepAddress(viewer: Viewer): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const query = formatPermalink(viewer.link.value);
    clearTimeout(timer);
    if (!viewer.first.lock.isPainted.value) return; // nothing is shown yet
    timer = setTimeout(() => history.replaceState(null, "", location.pathname + query), SETTLE_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
