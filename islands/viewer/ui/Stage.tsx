import { useRef } from "preact/hooks";
import { COARSE_HINT_ZOOM, isCoarse } from "../state/coarse_model.ts";
import type { Viewer } from "../state/viewer.ts";
import { PaneView } from "./PaneView.tsx";
import { SecondPane } from "./SecondPane.tsx";

/**
 * The map, or two maps side by side, or two maps with a slider that shows the left of one and the right of the other.
 */
export function Stage({ viewer }: { viewer: Viewer }) {
  const { comparison } = viewer;
  const second = comparison.second.value;
  const mode = second ? comparison.mode.value : "single";
  const element = useRef<HTMLDivElement>(null);
  const swipeTo = (clientX: number) => {
    const { left, width } = element.current!.getBoundingClientRect();
    comparison.swipe.value = Math.min(Math.max((clientX - left) / width, 0.02), 0.98);
  };
  return (
    <div class="panes" data-mode={mode} ref={element} style={{ "--swipe": `${comparison.swipe.value * 100}%` }}>
      <div class="pane first">
        <PaneView viewer={viewer} pane={viewer.first} />
      </div>
      {second && <SecondPane key={String(comparison.pairs.value)} viewer={viewer} pane={second} />}
      {second && mode === "swipe" && (
        <button
          type="button"
          class="divider"
          role="slider"
          aria-label="Divider between the maps"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(comparison.swipe.value * 100)}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && swipeTo(event.clientX)}
          onKeyDown={(event) => {
            const by = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
            if (by === undefined) return;
            event.stopPropagation();
            comparison.swipe.value = Math.min(Math.max(comparison.swipe.value + by, 0.02), 0.98);
          }}
        />
      )}
      <CoarseHint viewer={viewer} />
    </div>
  );
}

/** A hint that the view is closer than the model's cells, where there is nothing finer to see. */
function CoarseHint({ viewer }: { viewer: Viewer }) {
  const model = viewer.first.model.value;
  const camera = viewer.view.camera.value;
  if (!camera || camera.zoom <= COARSE_HINT_ZOOM || !isCoarse(model)) return null;
  return <p class="hint" role="status">{model.name} has no finer detail than this</p>;
}
