import type { TileRange } from "./tiles_in_view.ts";

/** x, y, width and height. */
export type Box = readonly [number, number, number, number];

/** A part of a picture and where it goes. */
export interface Quad {
  /** In shares of the world's square, from the north-west. */
  readonly target: Box;
  /** In shares of the texture, from its first row. */
  readonly texture: Box;
}

/** As much of an atlas as the quads need to know. */
export interface Placed {
  readonly range: TileRange;
  readonly isWhole: boolean;
  has(place: number): boolean;
}

/** The tiles that are there. */
export function quadsOf(atlas: Placed): Quad[] {
  const { columns, rows } = atlas.range;
  if (atlas.isWhole) return [{ target: targetOf(atlas.range), texture: [0, 0, 1, 1] }];
  return places(atlas.range).filter((place) => atlas.has(place)).map((place) => ({
    target: targetOf(tileRange(atlas.range, place)),
    texture: [place % columns / columns, Math.floor(place / columns) / rows, 1 / columns, 1 / rows],
  }));
}

/** What an older atlas shows of the tiles that are not there yet. */
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

/** The ground of a range, in shares of the world's square. */
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
