import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { keepAddress } from "./viewer/state/address.ts";
import { followKeys } from "./viewer/state/keys.ts";
import { followLiveUpdates } from "./viewer/state/live_updates.ts";
import { refreshRegions } from "./viewer/state/regions.ts";
import { Viewer, type ViewerProps } from "./viewer/state/viewer.ts";
import { HelpDialog } from "./viewer/ui/HelpDialog.tsx";
import { Legend } from "./viewer/ui/Legend.tsx";
import { Meteogram } from "./viewer/ui/Meteogram.tsx";
import { Notices } from "./viewer/ui/Notices.tsx";
import { Stage } from "./viewer/ui/Stage.tsx";
import { Summary } from "./viewer/ui/Summary.tsx";
import { TimeBar } from "./viewer/ui/TimeBar.tsx";
import { Toolbar } from "./viewer/ui/Toolbar.tsx";

/** The map page's only island: toolbar, maps, legend and time bar over one state. */
export default function ModelsViewer(props: ViewerProps) {
  const viewer = useMemo(() => new Viewer(props), []);
  // Runs before the map requests its first tiles, which are those of the remembered region.
  useLayoutEffect(() => viewer.restore(), []);
  useEffect(() => {
    const stops = [followLiveUpdates(viewer), followKeys(viewer), keepAddress(viewer)];
    refreshRegions(viewer.view).catch(() => {}); // without a network the page's own regions stay
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <div class="viewer">
      <Toolbar viewer={viewer} />
      <main class="stage" aria-describedby="summary">
        <Stage viewer={viewer} />
        <Meteogram viewer={viewer} />
        <Notices viewer={viewer} />
        <div class="panels">
          <Legend pane={viewer.first} />
          <TimeBar viewer={viewer} />
        </div>
        <Summary viewer={viewer} />
      </main>
      <HelpDialog viewer={viewer} />
    </div>
  );
}
