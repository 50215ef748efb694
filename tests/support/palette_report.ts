import type { VarId } from "../../contract/identity.ts";
import { MODELS } from "../../builder/models/registry.ts";
import { type Palette, parseHex, type Rgb } from "../../builder/style/palette.ts";
import { PTYPE_RAMPS } from "../../builder/style/ptype_palettes.ts";
import { PRECIPITATION_TYPES } from "../../builder/derive/precipitation_type.ts";
import { difference, type Vision, VISIONS } from "./color_vision.ts";

/** The smallest difference between neighbouring colours, in each vision. */
export type Differences = Readonly<Record<Vision, number>>;

export interface PaletteReport {
  /** The first variable that has the palette. */
  readonly variable: VarId;
  readonly name: string;
  readonly palette: Palette;
  readonly neighbours: Differences;
}

/** Returns a report of every palette that a model's table uses, once. */
export function paletteReports(): PaletteReport[] {
  const variables = MODELS.flatMap(({ variables }) => variables);
  const palettes = new Map(variables.toReversed().map((variable) => [variable.palette, variable]));
  return [...palettes.values()].toReversed().map(({ id, name, palette }) => ({
    variable: id,
    name,
    palette,
    neighbours: smallestDifferences(rampsOf(palette).flatMap(neighbourPairs)),
  }));
}

/** Returns the colours that a legend puts side by side; a palette of several kinds has a ramp for each kind. */
function rampsOf({ legend }: Palette): Rgb[][] {
  const ramps = legend.type === "gradient"
    ? [legend.stops.map(([, hex]) => hex)]
    : legend.type === "discrete"
    ? [legend.classes.map(({ color }) => color)]
    : legend.segments.map(({ stops }) => stops.map(([, hex]) => hex));
  return ramps.map((ramp) => ramp.map(parseHex));
}

/**
 * Returns the pairs of different neighbours: a last class that extends to the end of its range has the same colour
 * twice.
 */
function neighbourPairs(ramp: readonly Rgb[]): [Rgb, Rgb][] {
  return ramp.slice(1).map((color, i): [Rgb, Rgb] => [ramp[i]!, color]).filter(([a, b]) => String(a) !== String(b));
}

/**
 * Returns the differences between precipitation types at equal intensity: their colours mean different things on one
 * map.
 */
export function familyDifferences(): { readonly pair: string; readonly differences: Differences }[] {
  return PRECIPITATION_TYPES.flatMap((a, i) =>
    PRECIPITATION_TYPES.slice(i + 1).map((b) => {
      const [first, second] = [PTYPE_RAMPS[a].map(parseHex), PTYPE_RAMPS[b].map(parseHex)];
      const shared = Math.min(first.length, second.length);
      const pairs = first.slice(0, shared).map((color, level): [Rgb, Rgb] => [color, second[level]!]);
      return { pair: `${a} and ${b}`, differences: smallestDifferences(pairs) };
    })
  );
}

function smallestDifferences(pairs: readonly (readonly [Rgb, Rgb])[]): Differences {
  return Object.fromEntries(
    VISIONS.map((vision) => [vision, Math.min(...pairs.map(([a, b]) => difference(a, b, vision)))]),
  ) as Record<Vision, number>;
}
