import { latitude, longitude, MERCATOR_HALF_SIDE_M, normalizedX, normalizedY } from "../../../contract/projection.ts";

export interface GeoPoint {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export interface Camera extends GeoPoint {
  /** Zoom of the map: at 0 the world is 512 px wide. */
  readonly zoom: number;
}

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Returns the size of an element on the page. */
export function sizeOf({ clientWidth, clientHeight }: HTMLElement): Size {
  return { widthPx: clientWidth, heightPx: clientHeight };
}

/** Bounds as west, south, east, north in degrees. */
type Bounds = readonly [number, number, number, number];

export const MIN_ZOOM = 2;
export const MAX_ZOOM = 12;
const WORLD_PX = 512;
const EDGE_PX = 24;
/** Height that legend and time bar take at the bottom. */
const PANELS_PX = 150;

/** Returns the camera that shows a box as large as it fits between the panels. */
export function cameraOver(
  [west, south, east, north]: Bounds,
  { widthPx, heightPx }: Size,
  { minZoom = MIN_ZOOM, maxZoom = MAX_ZOOM }: {
    readonly minZoom?: number | undefined;
    readonly maxZoom?: number | undefined;
  } = {},
): Camera {
  const bottomPx = Math.min(PANELS_PX, heightPx / 3);
  const roomPx = { x: Math.max(1, widthPx - 2 * EDGE_PX), y: Math.max(1, heightPx - EDGE_PX - bottomPx) };
  const [left, right] = [normalizedX(west), normalizedX(east)];
  const [top, bottom] = [normalizedY(north), normalizedY(south)];
  const scale = Math.min(roomPx.x / (right - left), roomPx.y / (bottom - top)) / WORLD_PX;
  const zoom = Math.min(Math.max(Math.log2(scale), minZoom), maxZoom);
  // The middle of the box belongs in the middle of the free area, which is above the middle of the map.
  const upShare = (bottomPx - EDGE_PX) / 2 / (WORLD_PX * 2 ** zoom);
  return { latDeg: latitudeAt((top + bottom) / 2 + upShare), lonDeg: (west + east) / 2, zoom };
}

/** Returns the bounds of a camera's view. */
export function boundsOf({ latDeg, lonDeg, zoom }: Camera, { widthPx, heightPx }: Size): Bounds {
  const px = WORLD_PX * 2 ** zoom;
  const [halfWidth, halfHeight] = [widthPx / 2 / px, heightPx / 2 / px];
  const [middleX, middleY] = [normalizedX(lonDeg), normalizedY(latDeg)];
  return [
    longitudeAt(middleX - halfWidth),
    latitudeAt(middleY + halfHeight),
    longitudeAt(middleX + halfWidth),
    latitudeAt(middleY - halfHeight),
  ];
}

/** Conversions from normalized Web Mercator (0–1, from the north-west) to degrees. */
const longitudeAt = (share: number) => longitude((share * 2 - 1) * MERCATOR_HALF_SIDE_M);
const latitudeAt = (share: number) => latitude((1 - share * 2) * MERCATOR_HALF_SIDE_M);
