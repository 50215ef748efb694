import { effect } from "@preact/signals";
import { AttributionControl, Map as MapLibreMap, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import type { RefObject } from "preact";
import type { Region } from "../../contract/regions.ts";
import { fetchSample } from "./api.ts";
import { basemapStyle, FIRST_OVERLAY_LAYER } from "./basemap_style.ts";
import { FrameLayers } from "./frame_layers.ts";
import { HoverSampler } from "./hover_sampler.ts";
import type { ViewerState } from "./state.ts";

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
  map.once("load", () => {
    const layers = new FrameLayers(map);
    stops.push(effect(() => showFrame(map, layers, state)), effect(() => showRegion(map, state)));
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
function overlayLayer(map: MapLibreMap): string {
  if (map.getLayer(FIRST_OVERLAY_LAYER)) return FIRST_OVERLAY_LAYER;
  return map.getStyle().layers.find((layer) => layer.type === "symbol")?.id ?? "";
}

function showFrame(map: MapLibreMap, layers: FrameLayers, { frame, props }: ViewerState): void {
  const wanted = frame.value;
  const container = map.getContainer();
  void layers.show(wanted, {
    tileSizePx: props.tileSizePx,
    nativeZoom: props.model.native_zoom,
    bounds: props.model.coverage,
    attribution: props.model.attribution,
    below: overlayLayer(map),
  }).then((isShown) => {
    if (!isShown) return;
    container.dataset.shownVar = wanted.var;
    container.dataset.shownHour = String(wanted.fh);
  });
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

function followPointer(map: MapLibreMap, state: ViewerState, element: RefObject<HTMLDivElement | null>): () => void {
  const sampler = new HoverSampler(fetchSample, state.setHover);
  let last: { lat: number; lng: number } | null = null;
  map.on("mousemove", ({ point, lngLat }) => {
    last = lngLat;
    element.current?.style.setProperty("translate", `${point.x}px ${point.y}px`);
    sampler.moveTo(state.frame.peek(), lngLat.lat, lngLat.lng);
  });
  map.on("click", ({ point, lngLat }) => {
    element.current?.style.setProperty("translate", `${point.x}px ${point.y}px`);
    sampler.moveTo(state.frame.peek(), lngLat.lat, lngLat.lng);
  });
  const leave = () => {
    last = null;
    sampler.leave();
  };
  map.on("mouseout", leave);
  map.on("movestart", leave);
  // A new frame under a resting pointer has another value.
  const stopFrames = effect(() => {
    const frame = state.frame.value;
    if (last) sampler.moveTo(frame, last.lat, last.lng);
  });
  return () => {
    stopFrames();
    sampler.leave();
  };
}
