import { computed, effect } from "@preact/signals";
import { linkOf } from "./link_of.ts";
import { formatPermalink } from "./permalink.ts";
import type { Viewer } from "./viewer.ts";
import { leadOf, leadWords } from "../../../contract/lead.ts";

/** Pause between two changes of the address: browsers refuse pages that change it too often. */
const PAUSE_MS = 400;

/** Keeps the page's address and title in step with the painted frame. @returns a function that ends this */
export function keepAddress(viewer: Viewer): () => void {
  const link = computed(() => linkOf(viewer));
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = () => {
    timer = null;
    history.replaceState(null, "", location.pathname + formatPermalink(link.peek()));
    const sidecar = viewer.first.sync.sidecar.peek();
    document.title = `${sidecar.name}, ${viewer.first.model.peek().name} +${leadWords(leadOf(sidecar))}`;
  };
  const stop = effect(() => {
    void link.value;
    // Before the first frame is painted there is nothing to write; a loop would change the address all the time.
    const isResting = viewer.first.sync.isPainted.value && !viewer.playback.isPlaying.value;
    if (isResting) timer ??= setTimeout(write, PAUSE_MS);
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}
