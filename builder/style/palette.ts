import type { Legend } from "../../contract/legend.ts";

/** Most colours of a frame; together with transparent they fit the palette of a PNG tile. */
export const MAX_COLORS = 255;

export type Rgb = readonly [number, number, number];

/** The values below a threshold, which are not drawn; the value grid keeps them. */
export interface Undrawn {
  readonly below: number;
  /** The words for such a value: `No echo`, `Dry`. */
  readonly label: string;
}

interface PaletteBase {
  /** The encoding range: values of the first and last colour. */
  readonly min: number;
  readonly max: number;
  readonly colors: readonly Rgb[];
  readonly legend: Legend;
}

/**
 * Mapping from values to colours. Values beyond either end take the end's colour.
 * - smooth: entry `i` of `colors` is for the value `min + i * (max - min) / (colors.length - 1)`;
 * - stepped: entry `i` is for values from `edges[i]` up to the next edge.
 */
export type Palette =
  & PaletteBase
  & ({ readonly type: "smooth" } | { readonly type: "stepped"; readonly edges: readonly number[] })
  & {
    readonly undrawn?: Undrawn;
    /** Labels of values whose numbers say little, by the value as text. */
    readonly labels?: Readonly<Record<string, string>>;
  };

export function parseHex(hex: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(hex);
  if (!match) throw new SyntaxError(`Cannot read colour "${hex}": expected a form like #0d3d9c`);
  return [parseInt(match[1]!, 16), parseInt(match[2]!, 16), parseInt(match[3]!, 16)];
}

export function toHex(rgb: Rgb): string {
  return "#" + rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("");
}

/** Returns the colour of an RGBA word in memory order. */
export function rgbOf(word: number): Rgb {
  const [red, green, blue] = new Uint8Array(Uint32Array.of(word).buffer);
  return [red!, green!, blue!];
}

/** Reads values and their colours, ascending, from a text like `0:#103f78 5:#225ea8`. */
export function colorStops(text: string): [number, string][] {
  return text.split(" ").map((stop) => {
    const [value, hex] = stop.split(":");
    return [Number(value), hex!];
  });
}

/**
 * Makes a smooth palette of 255 entries from colours at values, linear in sRGB between them; a browser draws the
 * legend's gradient in the same way.
 * @param stops ascending; they reach to `min` and `max` or beyond
 */
export function smoothPalette(
  stops: readonly (readonly [value: number, hex: string])[],
  min: number,
  max: number,
): Palette {
  const first = stops[0];
  const last = stops.at(-1);
  if (!first || !last || first[0] > min || last[0] < max) {
    throw new RangeError(`Cannot make a palette from ${min} to ${max}: the given colours do not cover this range`);
  }
  const colors = Array.from(
    { length: MAX_COLORS },
    (_, i) => interpolate(stops, min + i * (max - min) / (MAX_COLORS - 1)),
  );
  const inner = stops.filter(([value]) => value > min && value < max).map(([value, hex]) =>
    [value, hex] as [number, string]
  );
  return {
    type: "smooth",
    min,
    max,
    colors,
    legend: {
      type: "gradient",
      stops: [[min, toHex(interpolate(stops, min))], ...inner, [max, toHex(interpolate(stops, max))]],
    },
  };
}

/**
 * Makes a palette of classes.
 * @param steps lower edge and colour of each class, ascending
 * @param options `max` is the upper end of the last class, as the legend shows it
 */
export function steppedPalette(
  steps: readonly (readonly [edge: number, hex: string])[],
  options: { max: number; undrawn?: Undrawn },
): Palette {
  const edges = steps.map(([edge]) => edge);
  if (edges.some((edge, i) => i > 0 && edge <= edges[i - 1]!) || edges.length === 0 || edges.at(-1)! >= options.max) {
    throw new RangeError(
      `Cannot make a palette of classes: edges ${edges.join(", ")}, max ${options.max} do not ascend`,
    );
  }
  return {
    type: "stepped",
    edges,
    min: edges[0]!,
    max: options.max,
    colors: steps.map(([, hex]) => parseHex(hex)),
    legend: {
      type: "discrete",
      levels: "lower edges",
      classes: steps.map(([level, color], i) => ({
        level,
        color,
        label: String(level),
        ranges: [[
          // Values below the first class have its colour if they are drawn.
          i === 0 && options.undrawn === undefined ? null : level,
          edges[i + 1] ?? null,
        ]],
      })),
    },
    ...(options.undrawn === undefined ? {} : { undrawn: options.undrawn }),
  };
}

function interpolate(stops: readonly (readonly [number, string])[], value: number): Rgb {
  const above = stops.findIndex(([at]) => at >= value);
  const [highAt, highHex] = stops[above]!;
  if (above === 0 || highAt === value) return parseHex(highHex);
  const [lowAt, lowHex] = stops[above - 1]!;
  const share = (value - lowAt) / (highAt - lowAt);
  const low = parseHex(lowHex);
  const high = parseHex(highHex);
  const mix = (channel: 0 | 1 | 2) => Math.round(low[channel] + (high[channel] - low[channel]) * share);
  return [mix(0), mix(1), mix(2)];
}
