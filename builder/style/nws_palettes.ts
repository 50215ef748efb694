import { MIN_ECHO_DBZ } from "../derive/radar_ptype.ts";
import { colorStops, smoothPalette, steppedPalette } from "./palette.ts";

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

/** NWS dew point curve, °F. */
export const NWS_DEW_POINT_F = smoothPalette(
  colorStops(
    "-10:#3b2204 0:#543005 10:#8c520a 20:#bf812d 30:#cca854 40:#dfc27d 45:#e6d9b5 50:#d3ebe7 55:#a9dbd3 60:#72b8ad " +
      "65:#318c85 70:#01665f 75:#003c30 80:#002921",
  ),
  -10,
  80,
);

/** NWS wind speed and gust curve, mph. */
export const NWS_WIND_MPH = smoothPalette(
  colorStops(
    "0:#103f78 5:#225ea8 10:#1d91c0 15:#41b6c4 20:#7fcdbb 25:#b4d79e 30:#dfff9e 35:#ffffa6 40:#ffe873 45:#ffc400 " +
      "50:#ffaa00 60:#ff5900 70:#ff0000 80:#a80000 100:#6e0000 120:#ffbee8 140:#ff73df",
  ),
  0,
  140,
);

/** NWS relative humidity curve, %. The last class reaches to 100. */
export const NWS_RELATIVE_HUMIDITY = smoothPalette(
  colorStops(
    "0:#910022 5:#a61122 10:#bd2e24 15:#d44e33 20:#e36d42 25:#fa8f43 30:#fcad58 35:#fed884 40:#fff2aa 50:#e6f49d " +
      "60:#bce378 70:#71b55c 80:#26914b 90:#00572e 100:#00572e",
  ),
  0,
  100,
);

/** NWS cloud cover curve, %. The last class reaches to 100. */
export const NWS_CLOUD_COVER = smoothPalette(
  colorStops(
    "0:#24a0f2 10:#4eb0f2 20:#80b7f8 30:#a0c8ff 40:#d2e1ff 50:#e1e1e1 60:#c9c9c9 70:#a5a5a5 80:#6e6e6e 90:#505050 " +
      "100:#505050",
  ),
  0,
  100,
);

export const REFLECTIVITY_STEPS = colorStops(
  "5:#04e9e7 10:#019ff4 15:#0300f4 20:#02fd02 25:#01c501 30:#008e00 35:#fdf802 40:#e5bc00 45:#fd9500 50:#fd0000 " +
    "55:#d40000 60:#bc0000 65:#f800fd 70:#9854c6 75:#fdfdfd",
);

/** NWS classic reflectivity, dBZ, in steps of 5; below 5 dBZ there is no echo to draw. */
export const NWS_REFLECTIVITY = steppedPalette(REFLECTIVITY_STEPS, {
  max: 80,
  undrawn: { below: MIN_ECHO_DBZ, label: "No echo" },
});

/** NWS precipitation amount, in. Amounts below 0.01 in are not drawn. */
export const NWS_PRECIPITATION_IN = steppedPalette(
  colorStops(
    "0.01:#c7e9c0 0.1:#a1d99b 0.25:#74c476 0.5:#31a353 1:#006d2c 1.5:#fffa8a 2:#ffcc4f 3:#fe8d3c 4:#fc4e2a 6:#d61a1c " +
      "8:#ad0026 10:#700026 15:#3b0030 20:#4c0073 30:#ffdbff",
  ),
  { max: 40, undrawn: { below: 0.01, label: "Dry" } },
);

/** NWS snow amount, in. Amounts below 0.1 in are not drawn. */
export const NWS_SNOW_IN = steppedPalette(
  colorStops(
    "0.1:#bdd7e7 1:#6baed6 2:#3182bd 3:#08519c 4:#082694 6:#ffff96 8:#ffc400 12:#ff8700 18:#db1400 24:#9e0000 " +
      "30:#690000 36:#360000",
  ),
  { max: 48, undrawn: { below: 0.1, label: "No snow" } },
);
