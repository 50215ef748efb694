import { latitude, longitude, MERCATOR_HALF_SIDE_M, normalizedX, normalizedY } from "../../../contract/projection.ts";

export interface GeoPoint {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export interface Camera extends GeoPoint {
  /** The world is 512 px wide at 0. */
  readonly zoom: number;
}

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Of an element on the page. */
export function sizeOf({ clientWidth, clientHeight }: HTMLElement): Size {
  return { widthPx: clientWidth, heightPx: clientHeight };
}

/** West, south, east, north in degrees. */
type Bounds = readonly [number, number, number, number];

export const MIN_ZOOM = 2;
export const MAX_ZOOM = 12;
const WORLD_PX = 512;
const EDGE_PX = 24;
/** Room that legend and time bar take at the bottom. */
const PANELS_PX = 150;

/** The camera that shows a box as large as it fits between the panels. */
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
  // The middle of the box is in the middle of the room, which is above the middle of the map.
  const upShare = (bottomPx - EDGE_PX) / 2 / (WORLD_PX * 2 ** zoom);
  return { latDeg: latitudeAt((top + bottom) / 2 + upShare), lonDeg: (west + east) / 2, zoom };
}

/** What a camera has in view. */
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

/** Of shares of the world's square, from the north-west. */
const longitudeAt = (share: number) => longitude((share * 2 - 1) * MERCATOR_HALF_SIDE_M);
const latitudeAt = (share: number) => latitude((1 - share * 2) * MERCATOR_HALF_SIDE_M);
