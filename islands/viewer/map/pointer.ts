import { effect } from "@preact/signals";
import type { Map as MapLibreMap, Point } from "maplibre-gl";
import { fetchSample } from "../requests/api.ts";
import { HoverSampler } from "../state/hover_sampler.ts";
import type { Pane } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { drawnZoom } from "./drawn_zoom.ts";

const TOOLTIP_GAP_PX = 14;

/**
 * Shows the painted frame's value under the pointer once the map rests; a click pins the point.
 * @param element the element that follows the pointer
 * @returns a function that ends this
 */
export function followPointer(map: MapLibreMap, viewer: Viewer, pane: Pane, element: HTMLElement): () => void {
  const sampler = new HoverSampler(fetchSample, (state) => pane.hover.value = state);
  const { sync } = pane;
  let pointer: Point | null = null;
  const ask = () => {
    if (!pointer || map.isMoving() || !sync.isPainted.peek()) return;
    const { lat, lng } = map.unproject(pointer);
    const zoom = drawnZoom(map, viewer, pane);
    sampler.moveTo(sync.paintedFrame.peek(), lat, lng, zoom);
  };
  map.on("mousemove", ({ point }) => {
    pointer = point;
    placeBeside(element, point, map.getContainer());
    ask();
  });
  map.on("click", ({ point, lngLat }) => {
    pointer = point;
    placeBeside(element, point, map.getContainer());
    ask();
    const { lat, lng } = lngLat.wrap();
    viewer.pinTo({ latDeg: lat, lonDeg: lng });
  });
  map.on("mouseout", () => {
    pointer = null;
    sampler.leave();
  });
  map.on("movestart", () => sampler.leave());
  map.on("moveend", ask);
  const stops = [
    // A new frame has another value under a resting pointer.
    effect(() => {
      void sync.paintedFrame.value;
      ask();
    }),
    // A tooltip with a new text has another size.
    effect(() => {
      void pane.hover.value;
      queueMicrotask(() => {
        if (pointer) placeBeside(element, pointer, map.getContainer());
      });
    }),
    () => sampler.leave(),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Places an element to the right of the pointer and below it, or on the other side where there is no room. */
function placeBeside(element: HTMLElement, { x, y }: Point, container: HTMLElement): void {
  const { offsetWidth, offsetHeight } = element;
  const left = x + TOOLTIP_GAP_PX + offsetWidth > container.clientWidth
    ? x - TOOLTIP_GAP_PX - offsetWidth
    : x + TOOLTIP_GAP_PX;
  const top = y + TOOLTIP_GAP_PX + offsetHeight > container.clientHeight
    ? y - TOOLTIP_GAP_PX - offsetHeight
    : y + TOOLTIP_GAP_PX;
  element.style.setProperty("translate", `${left}px ${top}px`);
}
