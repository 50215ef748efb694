import { RATE_CLASSES_IN_H } from "../fields/precip_ptype.ts";
import { PRECIPITATION_TYPES, type PrecipitationType, ptypeCode } from "../fields/precipitation_type.ts";
import { MAX_CODED_DBZ, MIN_ECHO_DBZ } from "../fields/radar_ptype.ts";
import { REFLECTIVITY_STEPS } from "./nws_palettes.ts";
import { type Palette, steppedPalette } from "./palette.ts";

/**
 * Colours of each type, light to heavy: reflectivity's for rain, the NWS probability families for snow and freezing
 * rain, ColorBrewer Purples for ice pellets.
 */
export const PTYPE_RAMPS: Readonly<Record<PrecipitationType, readonly string[]>> = {
  "rain": REFLECTIVITY_STEPS.map(([, hex]) => hex),
  "snow": "#e3ebff #bdd6ff #94b8ff #66a3ff #3690ff #0a7afa #006bd6 #004ead #002487".split(" "),
  "ice pellets": "#fcfbfd #efedf5 #dadaeb #bcbddc #9e9ac8 #807dba #6a51a3 #54278f #3f007d".split(" "),
  "freezing rain": "#ffd9ed #ffaafa #ff83f9 #ff57f7 #ff37f5 #e619f9 #d500fd #a200ad #640087".split(" "),
};

/** First code that no type has. */
const END_OF_CODES = ptypeCode(PRECIPITATION_TYPES.length, 0);

/** Steps of a palette of codes: for each type, where each of its colours begins. */
function codeSteps(intensityOf: (color: number) => number): [number, string][] {
  return PRECIPITATION_TYPES.flatMap((type, place) =>
    PTYPE_RAMPS[type].map((hex, color): [number, string] => [ptypeCode(place, intensityOf(color)), hex])
  );
}

/** A ramp for each type, at the intensities where its colours begin. */
function segments(edgeOf: (type: PrecipitationType, color: number) => number): Palette["legend"] {
  return {
    type: "segmented",
    segments: PRECIPITATION_TYPES.map((type) => ({
      label: capitalized(type),
      stops: PTYPE_RAMPS[type].map((hex, color): [number, string] => [edgeOf(type, color), hex]),
    })),
  };
}

function capitalized(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1);
}

/** A new colour every 5 dBZ. */
const edgeDbz = (color: number) => MIN_ECHO_DBZ + 5 * color;

/** Radar by type of precipitation, on codes with whole dBZ. */
export const RADAR_PTYPE: Palette = {
  ...steppedPalette(codeSteps(edgeDbz), { max: END_OF_CODES, transparentBelow: ptypeCode(0, MIN_ECHO_DBZ) }),
  legend: segments((_, color) => edgeDbz(color)),
  labels: Object.fromEntries([
    ["0", "No echo"],
    ...PRECIPITATION_TYPES.flatMap((type, place) =>
      Array.from({ length: MAX_CODED_DBZ + 1 - MIN_ECHO_DBZ }, (_, i) => i + MIN_ECHO_DBZ)
        .map((dbz) => [String(ptypeCode(place, dbz)), `${capitalized(type)}, ${dbz} dBZ`])
    ),
  ]),
};

/** Rate of precipitation by its type, on codes with the class of intensity. */
export const PRECIP_PTYPE: Palette = {
  ...steppedPalette(codeSteps((color) => color), { max: END_OF_CODES, transparentBelow: ptypeCode(0, 0) }),
  legend: segments((type, color) => RATE_CLASSES_IN_H[type][color]!),
  labels: Object.fromEntries([
    ["0", "Dry"],
    ...PRECIPITATION_TYPES.flatMap((type, place) =>
      RATE_CLASSES_IN_H[type].map((from, level, edges) => {
        const to = edges[level + 1];
        const rate = to === undefined ? `${from} in/h or more` : `${from}–${to} in/h`;
        return [String(ptypeCode(place, level)), `${capitalized(type)}, ${rate}`];
      })
    ),
  ]),
};
