import { constants, deflateSync } from "node:zlib";
import type { VarId } from "../contract/identity.ts";
import { OUTSIDE, tileWindow } from "../contract/pyramid.ts";
import { modelGeometry } from "../contract/models.ts";
import type { TileId } from "../contract/tile.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { buildFrame } from "../builder/frame/build_frame.ts";
import { tilesOfGrid } from "../builder/frame/frame_tiles.ts";
import { localInput } from "../builder/frame/frame_input.ts";
import { findModel, findVariable } from "../builder/models/registry.ts";
import { findLibrary } from "../builder/native_library.ts";
import { print } from "../builder/operations/terminal.ts";
import type { Palette } from "../builder/style/palette.ts";
import { paletteColors } from "../builder/style/palette_numbers.ts";
import { TILE_SIZE_PX, TilePngEncoder } from "../builder/tiles/tile_png.ts";
import { makeBlockCache } from "../server/cog/block_cache.ts";
import { RgbaCog } from "../server/cog/rgba_cog.ts";
import { drawTile } from "../server/tile/draw_tile.ts";
import { type Cost, costOf, medianCost, printTable } from "./measure.ts";
import { gribPath, realFrame } from "./real_frames.ts";

/**
 * Size and CPU time of all tiles of a frame as PNG: the server's drawing, the builder's encoder, and deflate alone for
 * the rows of each filter. zlib is Deno's; libdeflate is left out where it is not installed.
 */

const VARIABLES = ["tmp2m", "refc"] as const;
const HOUR = 1;
const ROUNDS = 7;
const BLOCK_CACHE_MB = 256;
const USAGE = "usage: deno task bench:tile-png [DATA_FOLDER]";
const STRIDE = TILE_SIZE_PX + 1;

type Tile = Uint8Array<ArrayBuffer>;
/** Filters the rows of a tile, each with its filter type before it. */
type Filter = (numbers: Tile) => Tile;
/** Deflates bytes and returns how many are left. */
type Deflate = (bytes: Tile) => number;

async function main(): Promise<void> {
  for (const id of VARIABLES) await measure(id);
}

async function measure(id: string): Promise<void> {
  const model = findModel(realFrame(HOUR).model);
  const variable = findVariable(model, id as VarId);
  const frame = { ...realFrame(HOUR), var: variable.id };
  const { artifacts } = buildFrame(frame, model, variable, await localInput([gribPath(HOUR, id)], variable, frame));
  const path = await Deno.makeTempFile({ prefix: "twf-bench-", suffix: ".tif" });
  try {
    await Deno.writeFile(path, artifacts.rgba);
    using cog = await RgbaCog.open(path, makeBlockCache(BLOCK_CACHE_MB));
    const ids = tilesOfGrid(modelGeometry(model.id)!);
    const tiles = ids.map((tile) => paletteNumbers(cog, tile, variable.palette));
    const drawn = tiles.filter((numbers) => numbers.some((number) => number !== 0));
    const rows = [
      await row("server's drawTile()", () => sum(ids, (tile) => drawTile(cog, tile, TILE_SIZE_PX).length)),
      await row("builder's TilePngEncoder", () => {
        const encoder = new TilePngEncoder(new Uint8Array(paletteColors(variable.palette).buffer));
        return sum(tiles, (numbers) => encoder.encode(numbers).length);
      }),
    ];
    for (const [filterName, filter] of Object.entries(FILTERS)) {
      const filtered = drawn.map((numbers) => filter(numbers).slice());
      for (const [name, deflate] of Object.entries(deflates())) {
        rows.push(await row(`${filterName}, ${name}`, () => sum(filtered, deflate)));
      }
    }
    print(`${id}: ${tiles.length} tiles, ${tiles.length - drawn.length} of them empty; medians of ${ROUNDS} rounds`);
    printTable(["", "ms CPU", "KiB"], rows);
  } finally {
    await Deno.remove(path);
  }
}

/** Returns the numbers of a tile's colours in the variable's palette, from 1; 0 is transparent. */
function paletteNumbers(cog: RgbaCog, tile: TileId, palette: Palette): Tile {
  const { level, columns, rows } = tileWindow(tile, TILE_SIZE_PX, cog.levels, cog.box);
  const size = level.blockSizePx;
  const colors = new Uint32Array(TILE_SIZE_PX ** 2);
  rows.forEach((row, y) =>
    columns.forEach((column, x) => {
      if (row === OUTSIDE || column === OUTSIDE) return;
      const block = cog.block(level, Math.floor(row / size) * level.blocksAcross + Math.floor(column / size));
      const pixel = block[(row % size) * size + column % size]!;
      colors[y * TILE_SIZE_PX + x] = block instanceof Uint8Array ? cog.colors[pixel]! : pixel;
    })
  );
  const words = paletteColors(palette);
  const numbers = new Map(Array.from(words, (word, number) => [word, number]));
  return Uint8Array.from(colors, (word) => numbers.get(word)!);
}

const FILTERS: Readonly<Record<string, Filter>> = {
  none: differences(0, () => 0),
  sub: differences(1, (numbers, at, x) => x === 0 ? 0 : numbers[at - 1]!),
  up: differences(2, (numbers, at) => at < TILE_SIZE_PX ? 0 : numbers[at - TILE_SIZE_PX]!),
};

function differences(type: number, predict: (numbers: Tile, at: number, x: number) => number): Filter {
  const filtered = new Uint8Array(STRIDE * TILE_SIZE_PX);
  return (numbers) => {
    for (let y = 0; y < TILE_SIZE_PX; y++) {
      filtered[y * STRIDE] = type;
      for (let x = 0; x < TILE_SIZE_PX; x++) {
        const at = y * TILE_SIZE_PX + x;
        filtered[y * STRIDE + 1 + x] = numbers[at]! - predict(numbers, at, x);
      }
    }
    return filtered;
  };
}

function deflates(): Record<string, Deflate> {
  const zlib = (level: number, strategy: number): Deflate => (bytes) =>
    deflateSync(bytes, { level, strategy, chunkSize: 64 * 1024 }).length;
  const byZlib = [1, 2, 3, 4].map((level) => [`zlib ${level}`, zlib(level, constants.Z_DEFAULT_STRATEGY)] as const);
  return { ...Object.fromEntries(byZlib), "zlib 1 Z_RLE": zlib(1, constants.Z_RLE), ...libdeflates() };
}

function libdeflates(): Record<string, Deflate> {
  const path = findLibrary("libdeflate");
  if (path === null) return {};
  const { symbols } = Deno.dlopen(path, {
    // struct libdeflate_compressor *libdeflate_alloc_compressor(int compression_level)
    libdeflate_alloc_compressor: { parameters: ["i32"], result: "u64" },
    // size_t libdeflate_zlib_compress(struct libdeflate_compressor *, const void *in, size_t, void *out, size_t)
    libdeflate_zlib_compress: { parameters: ["u64", "buffer", "usize", "buffer", "usize"], result: "usize" },
  });
  const out = new Uint8Array(2 * STRIDE * TILE_SIZE_PX);
  return Object.fromEntries([1, 2, 3, 4, 5, 6].map((level) => {
    const compressor = symbols.libdeflate_alloc_compressor(level);
    const deflate: Deflate = (bytes) =>
      Number(
        symbols.libdeflate_zlib_compress(compressor, bytes, BigInt(bytes.length), out, BigInt(out.length)),
      );
    return [`libdeflate ${level}`, deflate];
  }));
}

async function row(name: string, encodeAll: () => number): Promise<(string | number)[]> {
  let bytes = encodeAll();
  const costs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) costs.push(await costOf(() => bytes = encodeAll()));
  return [name, medianCost(costs).cpuMs.toFixed(1), (bytes / 1024).toFixed(0)];
}

function sum<Item>(items: readonly Item[], bytesOf: (item: Item) => number): number {
  return items.reduce((bytes, item) => bytes + bytesOf(item), 0);
}

if (import.meta.main) await runMain(main, USAGE);
