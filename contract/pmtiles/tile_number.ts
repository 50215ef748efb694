import type { TileId } from "../tile.ts";

/**
 * Tile numbers of PMTiles version 3, which calls them tile ids: all tiles of zoom 0, then all of zoom 1, and so on; in
 * a zoom they follow a Hilbert curve, so that neighbours in the archive are mostly neighbours on the map.
 * @see https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
 * @see D. Hilbert, "Ueber die stetige Abbildung einer Linie auf ein Flächenstück", Math. Ann. 38 (1891)
 */

/** The deepest zoom whose tile numbers are exact as JavaScript numbers. */
export const MAX_NUMBERED_ZOOM = 26;

/** The number after the last tile of `MAX_NUMBERED_ZOOM`. */
export const TILE_NUMBER_END = firstOfZoom(MAX_NUMBERED_ZOOM + 1);

/** Returns the number of a zoom's first tile: the tiles of all zooms before it are 1 + 4 + 16 + … */
function firstOfZoom(zoom: number): number {
  return (4 ** zoom - 1) / 3;
}

/**
 * Returns the number of a tile.
 * @throws RangeError unless it is a tile of zoom 0 to `MAX_NUMBERED_ZOOM`
 */
export function tileNumber({ z, x, y }: TileId): number {
  const isTile = isIndex(z, MAX_NUMBERED_ZOOM + 1) && isIndex(x, 2 ** z) && isIndex(y, 2 ** z);
  if (!isTile) throw new RangeError(`Cannot number tile ${z}/${x}/${y}: there is none`);
  let number = firstOfZoom(z);
  let square: Square = { x, y };
  for (let half = 2 ** z / 2; half >= 1; half /= 2) {
    const isEast = square.x >= half;
    const isSouth = square.y >= half;
    number += QUARTERS.findIndex((quarter) => quarter.isEast === isEast && quarter.isSouth === isSouth) * half * half;
    square = turned({ x: square.x % half, y: square.y % half }, half, isEast, isSouth);
  }
  return number;
}

/**
 * Returns the tile of a number.
 * @throws RangeError unless it is a whole number from 0 to below `TILE_NUMBER_END`
 */
export function tileOfNumber(number: number): TileId {
  if (!isIndex(number, TILE_NUMBER_END)) {
    throw new RangeError(`Cannot find tile number ${number}: expected a whole number below ${TILE_NUMBER_END}`);
  }
  let z = 0;
  while (number >= firstOfZoom(z + 1)) z++;
  let rest = number - firstOfZoom(z);
  let square: Square = { x: 0, y: 0 };
  for (let half = 1; half < 2 ** z; half *= 2) {
    const { isEast, isSouth } = QUARTERS[rest % 4]!;
    const { x, y } = turned(square, half, isEast, isSouth);
    square = { x: isEast ? x + half : x, y: isSouth ? y + half : y };
    rest = Math.floor(rest / 4);
  }
  return { z, ...square };
}

interface Square {
  readonly x: number;
  readonly y: number;
}

/** Quarters of a square in the order of the curve. */
const QUARTERS = [
  { isEast: false, isSouth: false },
  { isEast: false, isSouth: true },
  { isEast: true, isSouth: true },
  { isEast: true, isSouth: false },
] as const;

/**
 * Turns a position in a quarter of side `side`: the curve enters the first quarter along the other diagonal, leaves the
 * last one mirrored, and is upright in the two southern ones. Each turn undoes itself.
 */
function turned({ x, y }: Square, side: number, isEast: boolean, isSouth: boolean): Square {
  if (isSouth) return { x, y };
  return isEast ? { x: side - 1 - y, y: side - 1 - x } : { x: y, y: x };
}

function isIndex(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}
