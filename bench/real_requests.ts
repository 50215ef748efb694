import type { FrameId } from "../contract/identity.ts";
import { MERCATOR_HALF_SIDE_M } from "../contract/projection.ts";
import { tileBox, type TileId } from "../contract/tile.ts";
import { sampleUrl, tileTemplate } from "../contract/urls.ts";
import { seededRandom } from "./measure.ts";
import { HRRR_GRID } from "./real_frames.ts";

/** Requests of the measurements over the real frames' coverage: the same in every run. */

const ZOOMS = [2, 3, 4, 5, 6, 7, 8, 9, 10];
const TILES_PER_ZOOM = 40;
const BLOCK_SIZE_PX = 512;
const random = seededRandom(20260129);

/** Returns tile paths, the same number of each zoom, spread over the coverage and the frames, in a random order. */
export function mixedTiles(frames: readonly FrameId[]): string[] {
  const tiles = ZOOMS.flatMap((z) => Array.from({ length: TILES_PER_ZOOM }, () => tileAt(z, ...anyPoint())));
  return tiles.map((tile, i) => tilePath(frames[i % frames.length]!, tile))
    .map((path) => ({ path, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ path }) => path);
}

/**
 * Returns, for each block of the frames' RGBA COGs at full resolution, the tile over its middle, which is small enough
 * to need no other block.
 */
export function blockTour(frames: readonly FrameId[]): string[] {
  const sideM = BLOCK_SIZE_PX * HRRR_GRID.pixelSizeM;
  const middles: [number, number][] = [];
  const { westM, eastM, southM, northM } = HRRR_GRID;
  for (let top = northM; top > southM; top -= sideM) {
    for (let left = westM; left < eastM; left += sideM) {
      middles.push([(left + Math.min(left + sideM, eastM)) / 2, (top + Math.max(top - sideM, southM)) / 2]);
    }
  }
  return frames.flatMap((frame) => middles.map((middle) => tilePath(frame, tileAt(7, ...middle))));
}

/** Returns the path of a tile of a frame at a random zoom and place. */
export function anyTile(frame: FrameId): string {
  return tilePath(frame, tileAt(ZOOMS[Math.floor(random() * ZOOMS.length)]!, ...anyPoint()));
}

/** Returns sample requests at random points. */
export function points(frames: readonly FrameId[], count: number): string[] {
  return Array.from({ length: count }, (_, i) => sampleUrl({ ...frames[i % frames.length]!, ...valuedPoint() }));
}

/** Returns series requests for a frame's run at random points. */
export function seriesAt({ model, run, var: variable }: FrameId, count: number): string[] {
  return Array.from({ length: count }, () => {
    const { latDeg, lonDeg } = valuedPoint();
    return `/api/v3/series?model=${model}&run=${run}&var=${variable}&lat=${latDeg.toFixed(4)}&lon=${lonDeg.toFixed(4)}`;
  });
}

/** Returns a random point in the middle of the coverage, where every point has a value. */
function valuedPoint(): { latDeg: number; lonDeg: number } {
  return { latDeg: 30 + random() * 18, lonDeg: -118 + random() * 36 };
}

function anyPoint(): [number, number] {
  const { westM, eastM, southM, northM } = HRRR_GRID;
  return [westM + random() * (eastM - westM), southM + random() * (northM - southM)];
}

export function tileAt(z: number, xM: number, yM: number): TileId {
  const { eastM, westM } = tileBox({ z, x: 0, y: 0 });
  const sideM = eastM - westM;
  return {
    z,
    x: Math.floor((xM + MERCATOR_HALF_SIDE_M) / sideM),
    y: Math.floor((MERCATOR_HALF_SIDE_M - yM) / sideM),
  };
}

export function tilePath(frame: FrameId, { z, x, y }: TileId): string {
  return tileTemplate(frame).replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}
