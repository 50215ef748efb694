import { useEffect, useState } from "preact/hooks";
import { effect } from "@preact/signals";
import type { Viewer } from "../state/viewer.ts";
import { formatRun, formatTime, formatUnits, formatValue } from "../format.ts";

/** Rest after which a frame is described: in a loop a screen reader would talk without end. */
const REST_MS = 800;

/** A description of the maps for readers who do not see them. */
export function Summary({ viewer }: { viewer: Viewer }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const text = viewer.panes.value.map((pane) => {
        const sidecar = pane.sync.sidecar.value;
        const { stats } = sidecar;
        const value = (at: number) => `${formatValue(at, sidecar.precision)} ${formatUnits(sidecar.units)}`;
        // Frames of contract 3.0 have numbers for codes too.
        const hasRange = "min" in stats && !sidecar.labels;
        const range = hasRange ? ` Values from ${value(stats.min)} to ${value(stats.max)}.` : "";
        return `${sidecar.name}, ${pane.model.value.name} run ${formatRun(pane.run.value.run)}, ` +
          `valid ${formatTime(sidecar.valid_time, undefined)}, forecast hour ${sidecar.frame}.${range}`;
      }).join(" Compared with ");
      clearTimeout(timer);
      if (!viewer.playback.isPlaying.value) timer = setTimeout(() => setWords(text), REST_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return <p class="unseen" id="summary" aria-live="polite">{words}</p>;
}
