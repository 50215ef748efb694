import { smoothPalette } from "./palette.ts";

/**
 * NWS standard temperature curve (Van Cleave, Moore, Deroche 2018), °F: lower edge of each 5 °F bin and its colour.
 * US Government work.
 */
const NWS_TEMPERATURE_BINS_F: readonly (readonly [number, string])[] = [
  [-65, "#91003f"],
  [-60, "#ce1256"],
  [-55, "#e7298a"],
  [-50, "#df65b0"],
  [-45, "#ff73df"],
  [-40, "#ffbee8"],
  [-35, "#ffffff"],
  [-30, "#dadaeb"],
  [-25, "#bcbddc"],
  [-20, "#9e9ac8"],
  [-15, "#756bb1"],
  [-10, "#54278f"],
  [-5, "#0d007d"],
  [0, "#0d3d9c"],
  [5, "#0066c2"],
  [10, "#299eff"],
  [15, "#4ac7ff"],
  [20, "#73d7ff"],
  [25, "#adffff"],
  [30, "#30cfc2"],
  [35, "#009996"],
  [40, "#125757"],
  [45, "#066d2c"],
  [50, "#31a354"],
  [55, "#74c476"],
  [60, "#a1d99b"],
  [65, "#d3ffbe"],
  [70, "#ffffb3"],
  [75, "#ffeda0"],
  [80, "#fed176"],
  [85, "#feae2a"],
  [90, "#fd8d3c"],
  [95, "#fc4e2a"],
  [100, "#e31a1c"],
  [105, "#b10026"],
  [110, "#800026"],
  [115, "#590042"],
  [120, "#280028"],
];

const BIN_WIDTH_F = 5;

/** The bins' colours at their middles, smooth in between, from −40 °F to the middle of the last bin. */
export const NWS_TEMPERATURE_F = smoothPalette(
  NWS_TEMPERATURE_BINS_F.map(([edge, hex]) => [edge + BIN_WIDTH_F / 2, hex] as const),
  -40,
  122.5,
);
