import { useEffect, useRef } from "preact/hooks";
import { fetchFirstView } from "../map/first_view.ts";
import type { Pane } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { HoverValue } from "./HoverValue.tsx";

/**
 * A pane's map. MapLibre owns the content of its element and is loaded in the browser only; after that, signals change
 * the map, and this component never renders its content.
 */
export function PaneView({ viewer, pane }: { viewer: Viewer; pane: Pane }) {
  const container = useRef<HTMLDivElement>(null);
  const hover = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let unmount: (() => void) | null = null;
    let isGone = false;
    if (pane === viewer.first) fetchFirstView(viewer, container.current!);
    const tell = (text: string, error: unknown) =>
      viewer.notices.notify({ kind: "failed", text, detail: String(error) });
    import("../map/mount_map.ts").then(({ mountMap }) => {
      if (isGone) return;
      try {
        unmount = mountMap(container.current!, viewer, pane, hover.current!);
      } catch (error) {
        tell("The map could not be started: it needs WebGL 2, which this browser does not offer", error);
      }
    }, (error: unknown) => tell("The map's script could not be loaded; reload the page", error));
    return () => {
      isGone = true;
      unmount?.();
    };
  }, []);
  return (
    <>
      <div ref={container} class="map" />
      <HoverValue pane={pane} element={hover} />
    </>
  );
}
