import { useEffect, useMemo, useRef } from "preact/hooks";
import { HoverValue } from "./viewer/HoverValue.tsx";
import { Legend } from "./viewer/Legend.tsx";
import { followNews } from "./viewer/news.ts";
import { createViewerState, type ViewerProps } from "./viewer/state.ts";
import { TimeBar } from "./viewer/TimeBar.tsx";
import { Toolbar } from "./viewer/Toolbar.tsx";
import { WeatherMap } from "./viewer/WeatherMap.tsx";

/** The map page's one island: toolbar, map, legend and time bar over one state. */
export default function ModelsViewer(props: ViewerProps) {
  const state = useMemo(() => createViewerState(props), []);
  useEffect(() => followNews(state), []);
  const hoverElement = useRef<HTMLDivElement>(null);
  return (
    <div class="viewer">
      <Toolbar state={state} />
      <main class="stage">
        <WeatherMap state={state} hoverElement={hoverElement} />
        <HoverValue state={state} element={hoverElement} />
        <div class="panels">
          <Legend state={state} />
          <TimeBar state={state} />
        </div>
        {state.failure.value && <p class="failure" role="alert">{state.failure.value}</p>}
      </main>
    </div>
  );
}
