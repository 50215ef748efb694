import {
  AttributionControl,
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerCount,
  setWorkerUrl,
} from "maplibre-gl";
import { MAX_ZOOM, MIN_ZOOM, sizeOf } from "../state/camera.ts";
import type { View } from "../state/view.ts";
import type { Viewer } from "../state/viewer.ts";
import { basemapStyle } from "./basemap_style.ts";

const NARROW_PX = 720;

/** Creates a map of the page's view, without weather. @throws Error without WebGL 2 */
export function createMap(container: HTMLElement, viewer: Viewer, hasControls: boolean): MapLibreMap {
  const { props } = viewer;
  // One worker is busy with borders and names when the first frame's contours arrive, so there are two.
  setWorkerCount(2);
  setWorkerUrl(new URL(props.mapWorker, location.href).href);
  const camera = viewer.view.firstCamera(sizeOf(container));
  const map = new MapLibreMap({
    container,
    style: props.basemapStyleUrl ?? basemapStyle(props.basemap),
    center: [camera.lonDeg, camera.latDeg],
    zoom: camera.zoom,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disable(); // arrow keys step through hours
  map.getCanvas().setAttribute("aria-label", hasControls ? "Weather map" : "Weather map to compare with");
  limitZoom(map, viewer.view);
  if (hasControls) addControls(map);
  addAttribution(map, container);
  return map;
}

function addControls(map: MapLibreMap): void {
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 120, unit: "imperial" }), "bottom-right");
}

/** Adds the attribution to each map: two maps may show weather from two centres. */
function addAttribution(map: MapLibreMap, container: HTMLElement): void {
  const isNarrow = container.clientWidth < NARROW_PX;
  map.addControl(new AttributionControl({ compact: isNarrow }), "bottom-right");
  // Compact attribution starts unfolded, over the time bar of a phone.
  if (isNarrow) {
    map.once(
      "idle",
      () => container.querySelector(".maplibregl-compact-show summary")?.dispatchEvent(new MouseEvent("click")),
    );
  }
}

/** Moves the view to the chosen region. */
export function showRegion(map: MapLibreMap, view: View): void {
  limitZoom(map, view);
  const { latDeg, lonDeg, zoom } = view.cameraOfRegion(sizeOf(map.getContainer()));
  map.flyTo({ center: [lonDeg, latDeg], zoom, duration: 700 });
}

/** Limits the zoom to the range that the chosen region allows. */
function limitZoom(map: MapLibreMap, { region, regions }: View): void {
  const { minZoom, maxZoom } = regions.peek()[region.peek()] ?? {};
  // The last region's limits are reset first: MapLibre refuses a minimum above the maximum.
  map.setMinZoom(MIN_ZOOM);
  map.setMaxZoom(maxZoom ?? MAX_ZOOM);
  map.setMinZoom(minZoom ?? MIN_ZOOM);
}
