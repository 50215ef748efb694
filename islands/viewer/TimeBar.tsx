import { useEffect, useState } from "preact/hooks";
import { formatTime } from "./format.ts";
import type { ViewerState } from "./state.ts";

/** The hours of the run. Arrow keys, Home and End work as on any slider. */
export function TimeBar({ state }: { state: ViewerState }) {
  const frames = state.frames.value;
  const index = state.frameIndex.value;
  const { fh, valid_time: validTime } = frames[index]!;
  const isLocal = useIsHydrated();
  return (
    <section class="timebar" aria-label="Forecast hour" aria-busy={state.isLoading.value}>
      <div class="clock">
        <time dateTime={validTime}>{formatTime(validTime, isLocal ? undefined : "UTC")}</time>
        {state.staleReason.value && <span class="stale" title={state.staleReason.value}>not updating</span>}
        <span class="hour">{state.isLoading.value && <span class="loading">loading…</span>} +{fh} h</span>
      </div>
      <div class="slider">
        <button
          type="button"
          aria-label="Previous hour"
          disabled={index === 0}
          onClick={() => state.selectFrame(index - 1)}
        >
          ‹
        </button>
        <input
          type="range"
          min={0}
          max={frames.length - 1}
          step={1}
          value={index}
          disabled={frames.length < 2}
          aria-label="Forecast hour"
          aria-valuetext={`${formatTime(validTime, "UTC")}, forecast hour ${fh}`}
          style={{ "--share": `${frames.length < 2 ? 100 : index / (frames.length - 1) * 100}%` }}
          onInput={(event) => state.selectFrame(Number(event.currentTarget.value))}
        />
        <button
          type="button"
          aria-label="Next hour"
          disabled={index === frames.length - 1}
          onClick={() => state.selectFrame(index + 1)}
        >
          ›
        </button>
      </div>
    </section>
  );
}

/** The reader's time zone is known in his browser only; the first rendering there repeats the server's. */
function useIsHydrated(): boolean {
  const [isHydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return isHydrated;
}
