import assert from "node:assert/strict";
import { type Legend, legendSchema } from "../contract/legend.ts";
import { MODELS } from "../builder/models/registry.ts";
import { colorize } from "./support/colorize.ts";
import { type Palette, parseHex } from "../builder/style/palette.ts";

/**
 * A program draws a frame's own colours from the legend alone, without guessing whether a level is an edge or a centre,
 * where the sector of north ends, or which code has which colour.
 */

/** Returns the colour of a value by the legend alone, 0 to 255 for each channel; null when the legend has none. */
function readLegend(legend: Legend, value: number): readonly number[] | null {
  if (legend.type === "discrete") {
    const contains = ([from, to]: readonly [number | null, number | null]) =>
      value >= Math.fround(from ?? -Infinity) && value < Math.fround(to ?? Infinity);
    const found = legend.classes.filter(({ ranges }) => ranges!.some(contains));
    assert.ok(found.length <= 1, `${value} is in ${found.length} classes`);
    return found[0] ? parseHex(found[0].color) : null;
  }
  if (legend.type === "segmented") {
    const colors = legend.segments.flatMap(({ stops, codes }) =>
      stops.map(([, hex], i) => ({ code: codes![i]!, hex }))
    );
    const last = colors.filter(({ code }) => code <= value).at(-1);
    return last ? parseHex(last.hex) : null;
  }
  const after = legend.stops.findIndex(([at]) => at > value);
  if (after <= 0) return parseHex(legend.stops.at(after === 0 ? 0 : -1)![1]);
  const [[low, lowHex], [high, highHex]] = [legend.stops[after - 1]!, legend.stops[after]!];
  const [a, b] = [parseHex(lowHex), parseHex(highHex)];
  return a.map((channel, i) => channel + (b[i]! - channel) * (value - low) / (high - low));
}

/** Returns values in and around the palette's range, and its edges; for a palette of codes, all codes. */
function valuesFor({ min, max, legend, ...palette }: Palette): Float32Array<ArrayBuffer> {
  if (legend.type === "segmented") return Float32Array.from({ length: Math.ceil(max) + 100 }, (_, code) => code);
  const edges = palette.type === "stepped" ? palette.edges : [];
  const beyond = (max - min) / 4;
  let seed = 11;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) / 2 ** 32;
  const spread = Array.from({ length: 3000 }, () => min - beyond + random() * (max - min + 2 * beyond));
  // Values below an edge are lower by more than a float32 step, the width of an edge.
  return Float32Array.from([...edges, ...edges.map((edge) => edge - 1e-4 * (max - min)), ...spread]);
}

for (const model of MODELS) {
  for (const { id, palette } of model.variables) {
    Deno.test(`a program reads the colours of ${model.id} ${id} from its legend`, () => {
      const legend = legendSchema.parse(JSON.parse(JSON.stringify(palette.legend)));
      const values = valuesFor(palette);
      const pixels = colorize({ width: values.length, height: 1, values }, palette);
      // A smooth palette has 255 colours: the tolerance is half a step of its steepest part.
      const tolerance = legend.type === "gradient" ? steepest(palette) / 2 + 1 : 0;
      let drawn = 0;
      values.forEach((value, i) => {
        const [red, green, blue, alpha] = pixels.subarray(i * 4);
        if (palette.undrawn !== undefined && value < Math.fround(palette.undrawn.below)) {
          if (legend.type === "discrete") assert.equal(readLegend(legend, value), null, `${value} is not drawn`);
          return;
        }
        assert.equal(alpha, 255);
        drawn++;
        const read = readLegend(legend, value);
        assert.ok(read, `the legend has no colour for ${value}`);
        [red!, green!, blue!].forEach((channel, c) =>
          assert.ok(
            Math.abs(channel - read[c]!) <= tolerance,
            `${value}: ${[red, green, blue]}, the legend says ${read}`,
          )
        );
      });
      assert.ok(drawn > 50, `${drawn} values are drawn`);
    });
  }
}

/** Returns the largest change of a channel from one colour to the next. */
function steepest({ colors }: Palette): number {
  return Math.max(
    ...colors.slice(1).flatMap((color, i) => color.map((channel, c) => Math.abs(channel - colors[i]![c]!))),
  );
}
