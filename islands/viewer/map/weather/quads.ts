import type { TileRange } from "./tiles_in_view.ts";

/** A rectangle: x, y, width and height. */
export type Box = readonly [number, number, number, number];

/** A part of an image and its place on the map. */
export interface Quad {
  /** The place in normalized Web Mercator (0–1), from the north-west. */
  readonly target: Box;
  /** The part of the texture, in fractions of its size from its first row. */
  readonly texture: Box;
}

/** The properties of an atlas that quads need. */
export interface Placed {
  readonly range: TileRange;
  readonly isWhole: boolean;
  has(place: number): boolean;
}

/** Returns the quads of the tiles that an atlas has. */
export function quadsOf(atlas: Placed): Quad[] {
  const { columns, rows } = atlas.range;
  if (atlas.isWhole) return [{ target: targetOf(atlas.range), texture: [0, 0, 1, 1] }];
  return places(atlas.range).filter((place) => atlas.has(place)).map((place) => ({
    target: targetOf(tileRange(atlas.range, place)),
    texture: [place % columns / columns, Math.floor(place / columns) / rows, 1 / columns, 1 / rows],
  }));
}

/** Returns the parts of an older atlas that cover missing tiles. */
export function quadsBelow(atlas: Placed, { range }: Placed): Quad[] {
  const whole = targetOf(range);
  return places(atlas.range).filter((place) => !atlas.has(place)).flatMap((place): Quad[] => {
    const target = overlap(targetOf(tileRange(atlas.range, place)), whole);
    if (!target) return [];
    const [x, y, width, height] = target;
    return [{
      target,
      texture: [(x - whole[0]) / whole[2], (y - whole[1]) / whole[3], width / whole[2], height / whole[3]],
    }];
  });
}

/** Returns the area of a range in normalized Web Mercator (0–1). */
export function targetOf({ z, x, y, columns, rows }: TileRange): Box {
  const side = 2 ** z;
  return [x / side, y / side, columns / side, rows / side];
}

function places({ columns, rows }: TileRange): number[] {
  return Array.from({ length: columns * rows }, (_, place) => place);
}

function tileRange({ z, x, y, columns }: TileRange, place: number): TileRange {
  return { z, x: x + place % columns, y: y + Math.floor(place / columns), columns: 1, rows: 1 };
}

function overlap(a: Box, b: Box): Box | null {
  const [x, y] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - x;
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - y;
  return width > 0 && height > 0 ? [x, y, width, height] : null;
}
