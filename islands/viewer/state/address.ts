import { effect } from "@preact/signals";
import { formatPermalink } from "./permalink.ts";
import type { Viewer } from "./viewer.ts";

/** Browsers refuse pages that change their address too often. */
const PAUSE_MS = 400;

/** Keeps the page's address and title in step with what is painted. @returns a function that ends it */
export function keepAddress(viewer: Viewer): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = () => {
    timer = null;
    history.replaceState(null, "", location.pathname + formatPermalink(viewer.link.peek()));
    const { name, fh } = viewer.first.sync.sidecar.peek();
    document.title = `${name}, ${viewer.first.model.peek().name} +${fh} h`;
  };
  const stop = effect(() => {
    void viewer.link.value;
    // Before the first frame is painted there is nothing to tell; a loop would change it all the time.
    const isResting = viewer.first.sync.isPainted.value && !viewer.playback.isPlaying.value;
    if (isResting) timer ??= setTimeout(write, PAUSE_MS);
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}
