import type { ModelGeometry } from "../../contract/models.ts";
import { type Level, OUTSIDE, pyramidLevels, tileWindow } from "../../contract/pyramid.ts";
import { nativeZoom, type TileId, tilesOver } from "../../contract/tile.ts";
import { checkArchive, checkTile, openTiles } from "../gates/tiles.ts";
import { type ArchiveTile, encodeArchive } from "../pmtiles/encode_archive.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
import { TILE_SIZE_PX, TilePngEncoder } from "../tiles/tile_png.ts";

/** A level of a grid with the palette numbers of its pixels. */
interface NumberedLevel extends Level {
  readonly numbers: Uint8Array;
}

/** Facts that an archive tells of its picture, for people. */
export interface TilesText {
  readonly name: string;
  readonly attribution: string;
}

/** Lists the tiles that show a part of a model's grid, from zoom 0 to the native zoom. */
export function tilesOfGrid({ grid }: ModelGeometry): TileId[] {
  const tiles: TileId[] = [];
  for (let z = 0; z <= nativeZoom(grid, TILE_SIZE_PX); z++) {
    const { firstX, lastX, firstY, lastY } = tilesOver(grid, z);
    for (let y = firstY; y <= lastY; y++) {
      for (let x = firstX; x <= lastX; x++) tiles.push({ z, x, y });
    }
  }
  return tiles;
}

/** Gathers the palette numbers of tiles from the images of a frame's pyramid. */
class TileGatherer {
  readonly #grid: ModelGeometry["grid"];
  readonly #levels: readonly NumberedLevel[];
  /** The numbers of one tile. Tiles are gathered and used one after the other, so one buffer is enough. */
  readonly #numbers = new Uint8Array(TILE_SIZE_PX ** 2);

  /** @param images palette numbers: the full image first, then the overviews */
  constructor({ grid }: Pick<ModelGeometry, "grid">, images: readonly NumberedImage[]) {
    this.#grid = grid;
    this.#levels = pyramidLevels(grid).map((level, i) => ({ ...level, numbers: images[i]!.numbers }));
  }

  /** Returns the palette numbers of a tile, row 0 north, in a buffer that the next call overwrites. */
  gather(tile: TileId): Uint8Array<ArrayBuffer> {
    const { level, columns, rows } = tileWindow(tile, TILE_SIZE_PX, this.#levels, this.#grid);
    const { width, numbers: source } = level;
    const numbers = this.#numbers;
    // The columns inside the image follow each other.
    const first = columns.findIndex((column) => column !== OUTSIDE);
    const end = columns.findLastIndex((column) => column !== OUTSIDE) + 1;
    if (first === -1) return numbers.fill(0);
    let drawnRow = OUTSIDE;
    for (let y = 0; y < TILE_SIZE_PX; y++) {
      const row = rows[y]!;
      const at = y * TILE_SIZE_PX;
      if (row === OUTSIDE) {
        numbers.fill(0, at, at + TILE_SIZE_PX);
      } else if (row === drawnRow) {
        numbers.copyWithin(at, at - TILE_SIZE_PX, at);
      } else {
        const start = row * width;
        numbers.fill(0, at, at + first).fill(0, at + end, at + TILE_SIZE_PX);
        for (let x = first; x < end; x++) numbers[at + x] = source[start + columns[x]!]!;
      }
      drawnRow = row;
    }
    return numbers;
  }
}

/**
 * Makes the PMTiles archive of a frame: all tiles of its picture from zoom 0 to the native zoom, as PNG with the
 * variable's palette. Each pixel of a tile shows one pixel of the picture, as the tile route draws it from the COG.
 * @param images palette numbers: the full image first, then the overviews
 * @param colors RGBA words in memory order, by palette number
 * @throws GateError when a tile or the archive does not read back as it was made
 */
export function frameTiles(
  model: ModelGeometry,
  images: readonly NumberedImage[],
  colors: Uint32Array<ArrayBuffer>,
  { name, attribution }: TilesText,
): Uint8Array<ArrayBuffer> {
  const palette = new Uint8Array(colors.buffer);
  const encoder = new TilePngEncoder(palette);
  const gatherer = new TileGatherer(model, images);
  const tiles = tilesOfGrid(model).map((tile): ArchiveTile => {
    const numbers = gatherer.gather(tile);
    const encoded = { tile, bytes: encoder.encode(numbers) };
    checkTile(encoded, numbers, palette);
    return encoded;
  });
  const { west, south, east, north } = model.coverage;
  const archive = encodeArchive(tiles, {
    box: model.coverage,
    minZoom: 0,
    maxZoom: nativeZoom(model.grid, TILE_SIZE_PX),
    center: { lon: (west + east) / 2, lat: (south + north) / 2, zoom: 3 },
    metadata: { name, attribution, type: "overlay", version: "1" },
  });
  checkArchive(openTiles(archive, model), tiles);
  return archive;
}
