import { constants, deflateRawSync, deflateSync, type ZlibOptions } from "node:zlib";
import type { ModelId, VarId } from "../contract/identity.ts";
import { predictFloats } from "../contract/float_predictor.ts";
import { BLOCK_SIZE_PX } from "../contract/grid.ts";
import { ROW_GROUPS_PER_BLOCK } from "../contract/row_index.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { blocksOf } from "../builder/cog/blocks.ts";
import { roundingOf } from "../builder/derive/round.ts";
import { framePyramid } from "../builder/frame/pyramid.ts";
import { gdal } from "../builder/gdal/library.ts";
import { findModel, findVariable } from "../builder/models/registry.ts";
import { print } from "../builder/operations/terminal.ts";
import { paletteColors } from "../builder/style/palette_numbers.ts";
import { median, printTable } from "./measure.ts";
import { displayFieldOf, gribPath, HRRR_GRID } from "./real_frames.ts";

/**
 * Time and size of the blocks of a frame's two COGs, with all overviews, by zlib's levels: whole blocks of the picture,
 * and row groups of the values. All levels take turns in one warm process.
 */

const ROUNDS = 9;
const WARM_UP_ROUNDS = 2;
const VARIABLES = ["tmp2m", "refc"];
const LEVELS = [1, 2, 3, 4, 5, 6];
const RUN_LENGTH = { strategy: constants.Z_RLE };
const USAGE = "usage: deno task bench:deflate [DATA_FOLDER]";
const GROUP_BYTES = BLOCK_SIZE_PX ** 2 * 4 / ROW_GROUPS_PER_BLOCK;

interface Row {
  readonly name: string;
  /** Returns the number of compressed bytes of all blocks. */
  deflate(): number;
}

function main(): Promise<void> {
  print(`Medians of ${ROUNDS} rounds, all blocks of a frame, GDAL ${gdal().version}`);
  for (const id of VARIABLES) printTable([id, "ms", "KiB"], measured(rowsOf(id)));
  return Promise.resolve();
}

function rowsOf(id: string): Row[] {
  const variable = findVariable(findModel("hrrr" as ModelId), id as VarId);
  const { precision, kind, palette } = variable;
  const display = displayFieldOf(gribPath(1, id), 1, variable);
  const pyramid = framePyramid(display, HRRR_GRID, { kind, palette, rounding: roundingOf(precision) });
  const colors = paletteColors(palette);
  const pictures = pyramid.flatMap(({ picture }) =>
    blocksOf(picture).map((block) => {
      const pixels = new Uint32Array(BLOCK_SIZE_PX ** 2);
      block.eachRow((from, to, at) => {
        for (let i = from; i < to; i++) pixels[at + i - from] = colors[picture.numbers[i]!]!;
      });
      return new Uint8Array(pixels.buffer);
    })
  );
  const groups = pyramid.flatMap(({ values: level }) =>
    blocksOf(level).flatMap((block) => {
      const values = new Float32Array(BLOCK_SIZE_PX ** 2);
      block.eachRow((from, to, at) => values.set(level.values.subarray(from, to), at));
      const bytes = new Uint8Array(values.byteLength);
      predictFloats(values, BLOCK_SIZE_PX, bytes);
      return Array.from(
        { length: ROW_GROUPS_PER_BLOCK },
        (_, i) => bytes.subarray(i * GROUP_BYTES, (i + 1) * GROUP_BYTES),
      );
    })
  );
  const group = { windowBits: Math.log2(GROUP_BYTES), memLevel: 7, chunkSize: GROUP_BYTES + 1024 };
  const ofPicture = (name: string, options: ZlibOptions): Row => ({
    name: `picture, ${name}`,
    deflate: () => sum(pictures, (bytes) => deflateSync(bytes, { ...options, chunkSize: 256 * 1024 }).length),
  });
  const ofGroups = (name: string, options: ZlibOptions): Row => ({
    name: `row groups, ${name}`,
    deflate: () => sum(groups, (bytes) => deflateRawSync(bytes, { ...options, ...group }).length),
  });
  return [ofPicture, ofGroups].flatMap((row) => [
    ...LEVELS.map((level) => row(`level ${level}`, { level })),
    row("level 1, run-length", { level: 1, ...RUN_LENGTH }),
  ]);
}

/** Measures rows in turn, so that a change of the machine's speed hits all of them. */
function measured(rows: readonly Row[]): string[][] {
  const times = rows.map((): number[] => []);
  const sizes = rows.map(() => 0);
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    rows.forEach((row, i) => {
      const started = performance.now();
      sizes[i] = row.deflate();
      if (round >= WARM_UP_ROUNDS) times[i]!.push(performance.now() - started);
    });
  }
  return rows.map(({ name }, i) => [name, median(times[i]!).toFixed(0), (sizes[i]! / 1024).toFixed(0)]);
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}

if (import.meta.main) await runMain(main, USAGE);
