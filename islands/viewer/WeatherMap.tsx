import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ViewerState } from "./state.ts";

interface WeatherMapProps {
  readonly state: ViewerState;
  /** The element that follows the pointer. */
  readonly hoverElement: RefObject<HTMLDivElement | null>;
}

/**
 * The map's element. MapLibre owns what is inside it and is loaded in the browser only; signals change the map from
 * then on, and this component never renders its content.
 */
export function WeatherMap({ state, hoverElement }: WeatherMapProps) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let unmount: (() => void) | null = null;
    let isGone = false;
    void import("./mount_map.ts").then(({ mountMap }) => {
      if (!isGone) unmount = mountMap(container.current!, state, hoverElement);
    }).catch((error: unknown) => {
      state.fail(new Error("The map could not be started: it needs WebGL 2", { cause: error }));
    });
    return () => {
      isGone = true;
      unmount?.();
    };
  }, []);
  return <div ref={container} class="map" />;
}
