import { effect } from "@preact/signals";
import {
  AttributionControl,
  Map as MapLibreMap,
  NavigationControl,
  type Point,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import type { RefObject } from "preact";
import type { FrameId } from "../../contract/identity.ts";
import type { Region } from "../../contract/regions.ts";
import { fetchLines, fetchSample, fetchSidecar } from "./api.ts";
import { basemapStyle, FIRST_OVERLAY_LAYER } from "./basemap_style.ts";
import { FrameLayers } from "./frame_layers.ts";
import { HoverSampler } from "./hover_sampler.ts";
import { isSameFrame, type ViewerState } from "./state.ts";

/**
 * Makes the map in an element and keeps it in step with the state.
 * @param hoverElement the element that follows the pointer
 * @returns a function that takes everything away again
 */
export function mountMap(
  container: HTMLElement,
  state: ViewerState,
  hoverElement: RefObject<HTMLDivElement | null>,
): () => void {
  const map = createMap(container, state);
  const stops = [followPointer(map, state, hoverElement)];
  // Weather does not wait for the basemap's data.
  map.once("style.load", () => {
    const layers = new FrameLayers(map);
    stops.push(
      effect(() => void showFrame(map, layers, state, state.frame.value)),
      effect(() => layers.showLines(state.areLinesShown.value)),
      effect(() => showRegion(map, state)),
    );
  });
  return () => {
    stops.forEach((stop) => stop());
    map.remove();
  };
}

function createMap(container: HTMLElement, { props, region }: ViewerState): MapLibreMap {
  setWorkerUrl(new URL(props.mapWorker, location.href).href);
  const { defaultCenter, defaultZoom } = props.regions[region.peek()]!;
  const map = new MapLibreMap({
    container,
    style: props.basemapStyleUrl ?? basemapStyle(props.basemap),
    center: defaultCenter,
    zoom: defaultZoom,
    maxZoom: 12,
    minZoom: 2,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 120, unit: "imperial" }), "bottom-right");
  const isNarrow = container.clientWidth < NARROW_PX;
  map.addControl(new AttributionControl({ compact: isNarrow }), "bottom-right");
  // Compact attribution begins unfolded, over the time bar of a phone.
  if (isNarrow) {
    map.once(
      "idle",
      () => container.querySelector(".maplibregl-compact-show summary")?.dispatchEvent(new MouseEvent("click")),
    );
  }
  return map;
}

/** Room that legend and time bar take at the bottom. */
const PANELS_PX = 130;
const NARROW_PX = 640;

/** A style of somebody else's has no layer of ours: weather then goes below its first names. */
function overlayLayer(map: MapLibreMap): string | undefined {
  if (map.getLayer(FIRST_OVERLAY_LAYER)) return FIRST_OVERLAY_LAYER;
  return map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
}

/** Brings what is asked for onto the map: first the sidecar, which an unpublished frame has none of, then the picture. */
async function showFrame(map: MapLibreMap, layers: FrameLayers, state: ViewerState, wanted: FrameId): Promise<void> {
  const { props } = state;
  const isWanted = () => isSameFrame(state.frame.peek(), wanted);
  const isOnMap = isSameFrame(state.shownFrame.peek(), wanted);
  if (isOnMap && layers.isShowing) { // the choice came back to it before another frame was there
    layers.dropPending();
    return;
  }
  try {
    const sidecar = isOnMap ? state.sidecar.peek() : await fetchSidecar(wanted);
    if (!isWanted()) return;
    const lines = await fetchLines(wanted, sidecar);
    if (!isWanted()) return;
    const isShown = await layers.show(wanted, {
      tileSizePx: props.tileSizePx,
      nativeZoom: props.model.native_zoom,
      bounds: props.model.coverage,
      attribution: props.model.attribution,
      lines,
      below: overlayLayer(map),
    });
    if (!isShown) return;
    state.present(sidecar);
    const container = map.getContainer();
    container.dataset.shownVar = wanted.var;
    container.dataset.shownHour = String(wanted.fh);
  } catch (error) {
    if (isWanted()) state.fail(error);
  }
}

function showRegion(map: MapLibreMap, { region, props }: ViewerState): void {
  const { bbox, minZoom, maxZoom }: Region = props.regions[region.value]!;
  const isFirst = map.getContainer().dataset.region === undefined;
  map.getContainer().dataset.region = region.value;
  map.setMinZoom(minZoom ?? 2);
  map.setMaxZoom(maxZoom ?? 12);
  const [west, south, east, north] = bbox;
  map.fitBounds([west, south, east, north], {
    padding: { top: 24, left: 24, right: 24, bottom: PANELS_PX },
    animate: !isFirst,
    duration: 700,
  });
}

const TOOLTIP_GAP_PX = 14;

/** The value under the pointer, of the frame on the map, wherever the map came to rest. */
function followPointer(map: MapLibreMap, state: ViewerState, element: RefObject<HTMLDivElement | null>): () => void {
  const sampler = new HoverSampler(fetchSample, state.setHover);
  let pointer: Point | null = null;
  const ask = () => {
    if (!pointer || map.isMoving()) return;
    const { lat, lng } = map.unproject(pointer);
    sampler.moveTo(state.shownFrame.peek(), lat, lng);
  };
  const moveTo = ({ point }: { point: Point }) => {
    pointer = point;
    if (element.current) placeBeside(element.current, point, map.getContainer());
    ask();
  };
  map.on("mousemove", moveTo);
  map.on("click", moveTo);
  map.on("mouseout", () => {
    pointer = null;
    sampler.leave();
  });
  map.on("movestart", () => sampler.leave());
  map.on("moveend", ask);
  // A new frame under a resting pointer has another value.
  const stopFrames = effect(() => {
    void state.shownFrame.value;
    ask();
  });
  // A tooltip that just got its text has another size.
  const stopPlacing = effect(() => {
    void state.hover.value;
    queueMicrotask(() => {
      if (pointer && element.current) placeBeside(element.current, pointer, map.getContainer());
    });
  });
  return () => {
    stopFrames();
    stopPlacing();
    sampler.leave();
  };
}

/** Right of the pointer and below it, or on the other side where there is no room. */
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
