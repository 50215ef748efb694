import { BLOCK_SIZE_PX, geoTransform } from "../contract/grid.ts";
import { print } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import type { Field } from "../builder/field/field.ts";
import { reducedSize, reduceField } from "../builder/derive/reduce.ts";
import { overviewFactors } from "../builder/frame/cog.ts";
import { Dataset } from "../builder/gdal/dataset.ts";
import { MemoryFile } from "../builder/gdal/memory_file.ts";
import { SpatialReference } from "../builder/gdal/spatial_reference.ts";
import { colorize } from "../builder/style/colorize.ts";
import { CogFile } from "../server/cog/cog_file.ts";
import { type Cost, costOf, medianCost, printTable } from "./measure.ts";
import { DISPLAY_GRID, realDisplayField, TMP2M } from "./real_frames.ts";

/**
 * Size, CPU time to write and CPU time to read of the RGBA COG at several DEFLATE levels, and the CPU time of its other
 * steps, which does not depend on the level.
 */

const LEVELS = ["1", "2", "3", "4", "5", "6", "9"] as const;
const ROUNDS = 7;
const FH = 1;
const USAGE = "usage: deno task bench:cog-level [DATA_FOLDER]";

async function main(): Promise<void> {
  const display = realDisplayField(FH);
  const colors: Cost[] = [];
  const writing = new Map<string, Cost[]>(LEVELS.map((level) => [level, []]));
  const reading = new Map<string, Cost[]>(LEVELS.map((level) => [level, []]));
  const bytes = new Map<string, number>();
  using picture = emptyPicture();
  for (let round = 0; round <= ROUNDS; round++) {
    const isWarmUp = round === 0;
    const coloring = await costOf(() => fill(picture, display));
    if (!isWarmUp) colors.push(coloring);
    for (const level of LEVELS) {
      using file = new MemoryFile("tif");
      const cost = await costOf(() => copy(picture, file, level));
      if (isWarmUp) continue;
      writing.get(level)!.push(cost);
      const content = file.read();
      bytes.set(level, content.length);
      reading.get(level)!.push(await costOfReading(content));
    }
  }
  print(`Medians of ${ROUNDS} rounds; reduce, colour and hand over all levels: ${ms(medianCost(colors))} ms CPU`);
  const reference = bytes.get("6")!;
  printTable(
    ["DEFLATE level", "KiB", "size / level 6", "write, ms CPU", "read all blocks, ms CPU", "MiB in 49 hours"],
    LEVELS.map((level) => {
      const size = bytes.get(level)!;
      return [
        level,
        (size / 1024).toFixed(0),
        (size / reference).toFixed(2),
        ms(medianCost(writing.get(level)!)),
        ms(medianCost(reading.get(level)!)),
        (size * 49 / 2 ** 20).toFixed(0),
      ];
    }),
  );
}

/** The dataset that `writeRgbaCog` copies from. */
function emptyPicture(): Dataset {
  using mercator = SpatialReference.parse("EPSG:3857");
  const picture = Dataset.inMemory({
    ...DISPLAY_GRID,
    bandCount: 4,
    type: "Byte",
    interleave: "PIXEL",
    geoTransform: geoTransform(DISPLAY_GRID),
    spatialReference: mercator,
  });
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((name, i) => picture.band(i + 1).setColorInterpretation(name));
  picture.reserveOverviews(overviewFactors(DISPLAY_GRID));
  return picture;
}

function fill(picture: Dataset, display: Field): void {
  picture.writeInterleaved(colorize(display, TMP2M.palette));
  overviewFactors(DISPLAY_GRID).forEach((factor, level) => {
    const { width, height } = reducedSize(DISPLAY_GRID, factor);
    const pixels = colorize(reduceField(display, width, height, TMP2M.kind), TMP2M.palette);
    for (let band = 1; band <= 4; band++) picture.band(band).overview(level).writeStrided(pixels, 4, band - 1);
  });
}

function copy(picture: Dataset, file: MemoryFile, level: string): void {
  picture.copyTo(file.path, "COG", {
    BLOCKSIZE: String(BLOCK_SIZE_PX),
    COMPRESS: "DEFLATE",
    LEVEL: level,
    PREDICTOR: "NO",
    BIGTIFF: "NO",
  });
}

/** Measures reading every block of every overview level, as the server reads them. */
async function costOfReading(content: Uint8Array): Promise<Cost> {
  const path = await Deno.makeTempFile({ prefix: "twf-bench-", suffix: ".tif" });
  try {
    await Deno.writeFile(path, content);
    using cog = await CogFile.open(path);
    return await costOf(() => {
      for (const level of cog.levels) {
        for (let block = 0; block < level.blocksAcross * level.blocksDown; block++) cog.readBlock(level, block);
      }
    });
  } finally {
    await Deno.remove(path);
  }
}

function ms({ cpuMs }: Cost): string {
  return cpuMs.toFixed(0);
}

if (import.meta.main) await runMain(main, USAGE);
