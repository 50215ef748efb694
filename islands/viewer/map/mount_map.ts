import { effect } from "@preact/signals";
import { type Map as MapLibreMap, Marker } from "maplibre-gl";
import type { Notices } from "../state/notices.ts";
import type { Pane } from "../state/pane.ts";
import { NO_REGION, type View } from "../state/view.ts";
import type { Viewer } from "../state/viewer.ts";
import { showCountiesWhenNear } from "./counties.ts";
import { createMap, showRegion } from "./create_map.ts";
import { FrameRenderer } from "./frame_renderer.ts";
import { showPlaceValues } from "./place_values.ts";
import { followPointer } from "./pointer.ts";

const maps = new Map<Pane, MapLibreMap>();

/**
 * Creates the map of a pane in an element and keeps it in step with the state.
 * @param hoverElement the element that follows the pointer
 * @returns a function that removes everything again
 */
export function mountMap(container: HTMLElement, viewer: Viewer, pane: Pane, hoverElement: HTMLElement): () => void {
  const isFirst = pane === viewer.first;
  const map = createMap(container, viewer, isFirst);
  maps.set(pane, map);
  const stops = [followPointer(map, viewer, pane, hoverElement), showPin(map, viewer)];
  if (isFirst) stops.push(leadCamera(map, viewer.view));
  stops.push(shareCamera(map, pane));
  let endWeather = () => {};
  // Weather does not wait for the basemap's data. After the graphics card was lost, the style loads again, and the
  // weather with it.
  map.on("style.load", () => {
    const painter = startRenderer(map, viewer, pane);
    if (!painter) return;
    const ends = [showPlaceValues(map, viewer, pane), showCountiesWhenNear(map, viewer.props.basemap.counties!)];
    endWeather = () => {
      painter.close();
      ends.forEach((end) => end());
    };
  });
  map.on("webglcontextlost", () => endWeather());
  stops.push(tellLostGraphics(map, viewer.notices));
  return () => {
    stops.forEach((stop) => stop());
    endWeather();
    maps.delete(pane);
    map.remove();
  };
}

/** Time in which a lost graphics card comes back: it does so within seconds, or not at all. */
const GRAPHICS_BACK_MS = 8000;

function tellLostGraphics(map: MapLibreMap, notices: Notices): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  map.on("webglcontextlost", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      notices.notify({
        kind: "graphics",
        text: "The map stopped because this device's graphics failed",
        action: { label: "Reload the page", run: () => location.reload() },
      });
    }, GRAPHICS_BACK_MS);
  });
  map.on("webglcontextrestored", () => {
    clearTimeout(timer);
    notices.dismiss("graphics");
  });
  return () => clearTimeout(timer);
}

function startRenderer(map: MapLibreMap, viewer: Viewer, pane: Pane): FrameRenderer | null {
  try {
    return new FrameRenderer(map, viewer, pane);
  } catch (error) {
    viewer.notices.notify({ kind: "failed", text: "This device cannot draw the weather layer", detail: String(error) });
    return null;
  }
}

/** Returns the maps that are shown, the first pane's first. */
export function mapsOf(viewer: Viewer): MapLibreMap[] {
  return viewer.panes.peek().flatMap((pane) => maps.get(pane) ?? []);
}

/** Makes the first map's view the page's view, and moves the map to a chosen region. */
function leadCamera(map: MapLibreMap, view: View): () => void {
  const tell = () => {
    const { lng, lat } = map.getCenter().wrap();
    view.camera.value = { latDeg: lat, lonDeg: lng, zoom: map.getZoom() };
    const bbox = view.regions.peek()[view.region.peek()]?.bbox;
    if (!bbox) return;
    const [west, south, east, north] = bbox;
    // A view whose centre lies outside the region is no longer a view of that region.
    if (lng < west || lng > east || lat < south || lat > north) view.region.value = NO_REGION;
  };
  map.on("moveend", tell);
  tell();
  let isBeginning = true;
  return effect(() => {
    void view.regionTurn.value; // the same region, chosen again, moves the map back
    const id = view.region.peek();
    map.getContainer().dataset.region = id;
    if (!isBeginning && id !== NO_REGION) showRegion(map, view);
    isBeginning = false;
  });
}

/** Moves the other maps along with this one. */
function shareCamera(map: MapLibreMap, pane: Pane): () => void {
  const others = () => [...maps].filter(([other]) => other !== pane).map(([, other]) => other);
  const [leader] = others();
  if (leader) map.jumpTo({ center: leader.getCenter(), zoom: leader.getZoom() });
  let isFollowing = false;
  const follow = () => {
    if (isFollowing) return;
    isFollowing = true; // otherwise the maps would move each other forever
    for (const other of others()) {
      if (other.getZoom() === map.getZoom() && other.getCenter().distanceTo(map.getCenter()) < 1) continue;
      other.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
    }
    isFollowing = false;
  };
  map.on("move", follow);
  return () => map.off("move", follow);
}

function showPin(map: MapLibreMap, viewer: Viewer): () => void {
  const marker = new Marker({ color: "#6cb6ff", scale: 0.8 });
  return effect(() => {
    const point = viewer.pin.value;
    if (point) marker.setLngLat([point.lonDeg, point.latDeg]).addTo(map);
    else marker.remove();
  });
}
