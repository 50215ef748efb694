import { deflateSync } from "node:zlib";
import { geoTransform } from "../contract/grid.ts";
import { print } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import type { Field } from "../builder/field/field.ts";
import { reducedSize } from "../contract/pyramid.ts";
import { reduceField } from "../builder/derive/reduce.ts";
import { Dataset } from "../builder/gdal/dataset.ts";
import { MemoryFile } from "../builder/gdal/memory_file.ts";
import { SpatialReference } from "../builder/gdal/spatial_reference.ts";
import { colorize } from "../tests/support/colorize.ts";
import { parseHex, type Rgb } from "../builder/style/palette.ts";
import { deltaE, type Lab, lab } from "../tests/support/color_difference.ts";
import { printTable } from "./measure.ts";
import { HRRR_GRID, realDisplayField, TMP2M } from "./real_frames.ts";

/**
 * Overviews that average colours, compared with colours of averaged values. Colours are averaged as GDAL does (each
 * overview from the one before) and straight from the full image. The table shows how far the averaged colours are from
 * the legend and from the right colour, how many colours there are, and how much larger the pixels deflate.
 */

const FH = 1;
const OVERVIEWS = 3;
const VISIBLE_DELTA_E = 5;
const DEFLATE_LEVELS = [6, 1];
const BIN_WIDTH_F = 5;
const USAGE = "usage: deno task bench:overview-evidence [DATA_FOLDER]";

/** A way to colour a field, and the colours of its legend. */
interface Styling {
  readonly name: string;
  readonly legend: readonly Rgb[];
  readonly paint: (field: Field) => Uint8Array<ArrayBuffer>;
}

function main(): Promise<void> {
  const display = realDisplayField(FH);
  const rows = [steppedStyling(), { name: "smooth", legend: TMP2M.palette.colors, paint: smooth }]
    .flatMap((styling) => compare(display, styling));
  print("Averaged colours against the colours of averaged values:");
  printTable(
    [
      "palette",
      "averaged",
      "overview",
      `ΔE > ${VISIBLE_DELTA_E} from the legend`,
      `ΔE > ${VISIBLE_DELTA_E} from the right colour`,
      "worst ΔE from the right colour",
      "colours",
      "colours of values",
      ...DEFLATE_LEVELS.map((level) => `size ratio, DEFLATE ${level}`),
    ],
    rows,
  );
  return Promise.resolve();
}

function smooth(field: Field): Uint8Array<ArrayBuffer> {
  return colorize(field, TMP2M.palette);
}

/** Returns the bins that the smooth palette was made from: its stops are the middles of the bins. */
function steppedStyling(): Styling {
  const { legend } = TMP2M.palette;
  if (legend.type !== "gradient") throw new TypeError("The temperature legend is not a gradient");
  const stops = legend.stops.slice(1); // the first stop is the palette's end, inside a bin
  const firstEdge = stops[0]![0] - BIN_WIDTH_F / 2;
  const bins = stops.map(([, hex]) => parseHex(hex));
  return { name: "NWS 5 °F steps", legend: bins, paint: (field) => paintSteps(field, bins, firstEdge) };
}

function paintSteps({ values }: Field, bins: readonly Rgb[], firstEdge: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(values.length * 4);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const bin = Math.min(Math.max(Math.floor((value - firstEdge) / BIN_WIDTH_F), 0), bins.length - 1);
    pixels.set(bins[bin]!, i * 4);
    pixels[i * 4 + 3] = 255;
  });
  return pixels;
}

function compare(display: Field, styling: Styling): (string | number)[][] {
  const full = styling.paint(display);
  using file = averagedByGdal(full);
  using picture = Dataset.open(file.path, { drivers: ["GTiff"] });
  return Array.from({ length: OVERVIEWS }, (_, i) => {
    const { width, height } = picture.band(1).overview(i);
    const factor = 2 ** (i + 1);
    const size = reducedSize(HRRR_GRID, factor);
    const rightOf = (w: number, h: number) => styling.paint(reduceField(display, w, h, "continuous"));
    const rightStraight = rightOf(size.width, size.height);
    return [
      { how: "by GDAL", averaged: readOverview(picture, i), right: rightOf(width, height) },
      { how: "straight", averaged: averageStraight(full, rightStraight, size), right: rightStraight },
    ].map(({ how, averaged, right }) => {
      const found = difference(averaged, right, styling.legend.map(lab));
      return [
        styling.name,
        how,
        i + 1,
        percent(found.offLegend),
        percent(found.offRight),
        found.worst.toFixed(0),
        found.colors,
        found.rightColors,
        ...DEFLATE_LEVELS.map((level) => (deflated(averaged, level) / deflated(right, level)).toFixed(2)),
      ];
    });
  }).flat();
}

/** Returns the mean colours of the opaque pixels in the boxes that `reduceField` uses; opaque where `right` is. */
function averageStraight(
  full: Uint8Array,
  right: Uint8Array,
  { width, height }: { width: number; height: number },
): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(right.length);
  const edge = (i: number, from: number, to: number) => Math.round(i * (from / to));
  for (let at = 0; at < pixels.length; at += 4) {
    if (right[at + 3] === 0) continue;
    const [column, row] = [at / 4 % width, Math.floor(at / 4 / width)];
    const [left, end] = [edge(column, HRRR_GRID.width, width), edge(column + 1, HRRR_GRID.width, width)];
    const [top, bottom] = [edge(row, HRRR_GRID.height, height), edge(row + 1, HRRR_GRID.height, height)];
    const sums = [0, 0, 0, 0];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < end; x++) {
        const from = (y * HRRR_GRID.width + x) * 4;
        if (full[from + 3] === 255) [0, 1, 2, 3].forEach((channel) => sums[channel]! += full[from + channel]!);
      }
    }
    const count = sums[3]! / 255;
    pixels.set([...sums.slice(0, 3).map((sum) => Math.round(sum / count)), 255], at);
  }
  return pixels;
}

/** Writes the pixels as a COG whose overviews GDAL averages. */
function averagedByGdal(pixels: Uint8Array<ArrayBuffer>): MemoryFile {
  using mercator = SpatialReference.parse("EPSG:3857");
  using picture = Dataset.inMemory({
    ...HRRR_GRID,
    bandCount: 4,
    type: "Byte",
    interleave: "PIXEL",
    geoTransform: geoTransform(HRRR_GRID),
    spatialReference: mercator,
  });
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((name, i) => picture.band(i + 1).setColorInterpretation(name));
  picture.writeInterleaved(pixels);
  const file = new MemoryFile("tif");
  picture.copyTo(file.path, "COG", { COMPRESS: "DEFLATE", LEVEL: "1", OVERVIEW_RESAMPLING: "AVERAGE" });
  return file;
}

function readOverview(picture: Dataset, index: number): Uint8Array<ArrayBuffer> {
  const bands = picture.bands().map((band) => {
    const overview = band.overview(index);
    return overview.read(new Uint8Array(overview.width * overview.height));
  });
  const pixels = new Uint8Array(bands[0]!.length * 4);
  bands.forEach((band, channel) => band.forEach((value, i) => pixels[i * 4 + channel] = value));
  return pixels;
}

/** Compares two images; shares are of the pixels that are opaque in both. */
function difference(averaged: Uint8Array<ArrayBuffer>, right: Uint8Array<ArrayBuffer>, legend: readonly Lab[]) {
  const distanceToLegend = new Map<number, number>();
  const rightColors = new Set<number>();
  let [shown, offLegend, offRight, worst] = [0, 0, 0, 0];
  for (let at = 0; at < right.length; at += 4) {
    if (averaged[at + 3] === 0 || right[at + 3] === 0) continue;
    shown++;
    const [key, rightKey] = [colorAt(averaged, at), colorAt(right, at)];
    rightColors.add(rightKey);
    let distance = distanceToLegend.get(key);
    if (distance === undefined) {
      distance = Math.min(...legend.map((color) => deltaE(color, lab(rgbOf(key)))));
      distanceToLegend.set(key, distance);
    }
    if (distance > VISIBLE_DELTA_E) offLegend++;
    if (key === rightKey) continue;
    const error = deltaE(lab(rgbOf(key)), lab(rgbOf(rightKey)));
    if (error > VISIBLE_DELTA_E) offRight++;
    worst = Math.max(worst, error);
  }
  return {
    offLegend: offLegend / shown,
    offRight: offRight / shown,
    worst,
    colors: distanceToLegend.size,
    rightColors: rightColors.size,
  };
}

function colorAt(pixels: Uint8Array, at: number): number {
  return pixels[at]! << 16 | pixels[at + 1]! << 8 | pixels[at + 2]!;
}

function rgbOf(key: number): Rgb {
  return [key >> 16, (key >> 8) & 255, key & 255];
}

function deflated(pixels: Uint8Array, level: number): number {
  return deflateSync(pixels, { level }).length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

if (import.meta.main) await runMain(main, USAGE);
