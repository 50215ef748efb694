import { FALLING_TYPES, RATE_CLASSES_IN_H } from "../derive/precip_ptype.ts";
import { PRECIPITATION_TYPES, type PrecipitationType, ptypeCode } from "../derive/precipitation_type.ts";
import { MAX_CODED_DBZ, MIN_ECHO_DBZ } from "../derive/radar_ptype.ts";
import { REFLECTIVITY_STEPS } from "./nws_palettes.ts";
import { type Palette, steppedPalette } from "./palette.ts";

/**
 * Colours of each type, light to heavy: reflectivity's for rain, the NWS probability families for snow and freezing
 * rain, ColorBrewer Purples for ice pellets, browns after ColorBrewer's BrBG for a mixture. Precipitation that does not
 * reach the ground is grey.
 */
export const PTYPE_RAMPS: Readonly<Record<PrecipitationType, readonly string[]>> = {
  "rain": REFLECTIVITY_STEPS.map(([, hex]) => hex),
  "snow": "#e3ebff #bdd6ff #94b8ff #66a3ff #3690ff #0a7afa #006bd6 #004ead #002487".split(" "),
  "ice pellets": "#fcfbfd #efedf5 #dadaeb #bcbddc #9e9ac8 #807dba #6a51a3 #54278f #3f007d".split(" "),
  "freezing rain": "#ffd9ed #ffaafa #ff83f9 #ff57f7 #ff37f5 #e619f9 #d500fd #a200ad #640087".split(" "),
  "mixed rain and snow": "#f6e8c3 #ead3a0 #dfc27d #cfa255 #bf812d #a56a1c #8c510a #6f4008 #543005".split(" "),
  "echo aloft": "#d9d9d9 #c4c4c4 #b0b0b0 #9c9c9c #888888 #757575 #636363 #525252 #424242".split(" "),
};

/** First code after those of all types. */
const END_OF_CODES = ptypeCode(PRECIPITATION_TYPES.length, 0);

/** Steps of a palette of codes: for each type, the codes at which its colours begin. */
function codeSteps(
  types: readonly PrecipitationType[],
  intensityOf: (color: number) => number,
): [number, string][] {
  return types.flatMap((type) =>
    PTYPE_RAMPS[type].map((hex, color): [number, string] => [codeOf(type, intensityOf(color)), hex])
  );
}

function codeOf(type: PrecipitationType, intensity: number): number {
  return ptypeCode(PRECIPITATION_TYPES.indexOf(type), intensity);
}

/** A legend with a ramp for each type, at the intensities and codes where its colours begin. */
function segments<Type extends PrecipitationType>(
  types: readonly Type[],
  units: string,
  edgeOf: (type: Type, color: number) => number,
  intensityOf: (color: number) => number,
): Palette["legend"] {
  return {
    type: "segmented",
    units,
    segments: types.map((type) => ({
      label: capitalized(type),
      stops: PTYPE_RAMPS[type].map((hex, color): [number, string] => [edgeOf(type, color), hex]),
      codes: PTYPE_RAMPS[type].map((_, color) => codeOf(type, intensityOf(color))),
    })),
  };
}

function capitalized(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Lower edge of a colour: each colour covers 5 dBZ. */
const edgeDbz = (color: number) => MIN_ECHO_DBZ + 5 * color;
/** Class of a colour: each class has its colour. */
const classIndex = (color: number) => color;

/** Radar by type of precipitation, for codes with whole dBZ. */
export const RADAR_PTYPE: Palette = {
  ...steppedPalette(codeSteps(PRECIPITATION_TYPES, edgeDbz), {
    max: END_OF_CODES,
    undrawn: { below: ptypeCode(0, MIN_ECHO_DBZ), label: "No echo" },
  }),
  legend: segments(PRECIPITATION_TYPES, "dBZ", (_, color) => edgeDbz(color), edgeDbz),
  labels: Object.fromEntries([
    ["0", "No echo"],
    ...PRECIPITATION_TYPES.flatMap((type) =>
      Array.from({ length: MAX_CODED_DBZ + 1 - MIN_ECHO_DBZ }, (_, i) => i + MIN_ECHO_DBZ)
        .map((dbz) => [String(codeOf(type, dbz)), `${capitalized(type)}, ${dbz} dBZ`])
    ),
  ]),
};

/** Rate of precipitation by its type, for codes with the class of intensity. */
export const PRECIP_PTYPE: Palette = {
  ...steppedPalette(codeSteps(FALLING_TYPES, classIndex), {
    max: END_OF_CODES,
    undrawn: { below: ptypeCode(0, 0), label: "Dry" },
  }),
  legend: segments(FALLING_TYPES, "in/h", (type, color) => RATE_CLASSES_IN_H[type][color]!, classIndex),
  labels: Object.fromEntries([
    ["0", "Dry"],
    ...FALLING_TYPES.flatMap((type) =>
      RATE_CLASSES_IN_H[type].map((from, level, edges) => {
        const to = edges[level + 1];
        const rate = to === undefined ? `${from} in/h or more` : `${from}–${to} in/h`;
        return [String(codeOf(type, level)), `${capitalized(type)}, ${rate}`];
      })
    ),
  ]),
};
