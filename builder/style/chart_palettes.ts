import { colorStops, type Palette, smoothPalette, steppedPalette } from "./palette.ts";

/**
 * Palettes for fields that the NWS curves leave out. Ramps are ColorBrewer's (Cynthia Brewer, Penn State; Apache-2.0
 * style licence), joined where one is not long enough; classes follow the contour levels of NOAA's own graphics.
 */

/** Mean sea level pressure, hPa: PuOr, lows purple and highs orange, white at 1013. */
export const PRESSURE_HPA = smoothPalette(
  colorStops(
    "960:#2d004b 974:#542788 986:#8073ac 998:#b2abd2 1007:#d8daeb 1013:#f7f7f7 1019:#fee0b6 1026:#fdb863 1034:#e08214 " +
      "1043:#b35806 1055:#7f3b08",
  ),
  960,
  1055,
);

/**
 * Convective available potential energy, J/kg: YlGnBu for little, YlOrRd and PuRd for much. Values below 100 are not
 * drawn.
 */
export const CAPE_J_KG = steppedPalette(
  colorStops(
    "100:#c7e9b4 250:#7fcdbb 500:#41b6c4 750:#1d91c0 1000:#ffffb2 1500:#fed976 2000:#feb24c 2500:#fd8d3c 3000:#f03b20 " +
      "3500:#bd0026 4000:#7a0177 4500:#ce1256 5000:#df65b0",
  ),
  { max: 6000, undrawn: { below: 100, label: "Below 100 J/kg" } },
);

/**
 * Visibility, statute miles: purple and red where flying is restricted (flight categories have the limits ½, 1, 3 and
 * 5).
 */
export const VISIBILITY_MI = steppedPalette(
  colorStops(
    "0:#54005e 0.25:#8a1393 0.5:#d43fc9 1:#e31a1c 2:#fd6a2b 3:#fdae61 4:#fee08b 5:#a6d96a 7:#4dac6a 10:#3d6a8a",
  ),
  { max: 15 },
);

/** Geopotential height of 500 mb, dam: Spectral, low and cold blue, high and warm red. */
export const HEIGHT_500_DAM = smoothPalette(
  colorStops(
    "480:#5e4fa2 498:#3288bd 516:#66c2a5 534:#abdda4 546:#e6f598 558:#fee08b 570:#fdae61 582:#f46d43 594:#d53e4f " +
      "606:#9e0142",
  ),
  480,
  606,
);

/** Temperature of 500 mb, °C: RdYlBu. */
export const TEMPERATURE_500_C = smoothPalette(
  colorStops(
    "-50:#313695 -43:#4575b4 -36:#74add1 -30:#abd9e9 -25:#e0f3f8 -20:#ffffbf -15:#fee090 -10:#fdae61 -5:#f46d43 0:#d73027 " +
      "5:#a50026",
  ),
  -50,
  5,
);

/**
 * Absolute vorticity of 500 mb, 10⁻⁵ s⁻¹: YlOrBr, then RdPu for the strongest. Values below 6 come from the Earth's
 * rotation alone and are not drawn.
 */
export const VORTICITY_1E5 = steppedPalette(
  colorStops(
    "6:#ffffe5 8:#fff7bc 10:#fee391 12:#fec44f 14:#fe9929 16:#ec7014 18:#cc4c02 20:#993404 22:#662506 24:#7a0177 " +
      "26:#dd3497 28:#fa9fb5",
  ),
  { max: 40, undrawn: { below: 6, label: "Background" } },
);

/** Eight points of the compass, with colours that form a circle like them. */
const COMPASS = [
  ["N", "#4e79c4"],
  ["NE", "#47a5b8"],
  ["E", "#4db57a"],
  ["SE", "#a9c94b"],
  ["S", "#f2c53d"],
  ["SW", "#f08a3a"],
  ["W", "#d64f4f"],
  ["NW", "#9c57b5"],
] as const;
const SECTOR_DEG = 360 / COMPASS.length;
const CALM = "#8b93a3";

const sectorOf = (degrees: number) => COMPASS[Math.round(degrees / SECTOR_DEG) % COMPASS.length]!;

/** Edge below which the wind is calm: directions are whole degrees from 1. */
const FIRST_DEG = 0.5;

/** Direction that the wind comes from, whole degrees from 1 to 360; 0 is calm. North has both ends of the circle. */
export const WIND_DIRECTION: Palette = {
  ...steppedPalette(
    [
      [0, CALM],
      [FIRST_DEG, COMPASS[0][1]],
      ...Array.from({ length: COMPASS.length }, (_, i): [number, string] => {
        const edge = (i + 0.5) * SECTOR_DEG;
        return [edge, sectorOf(edge + 1)[1]];
      }),
    ],
    { max: 361 },
  ),
  legend: {
    type: "discrete",
    levels: "centres",
    classes: [
      { level: 0, color: CALM, label: "Calm", ranges: [[null, FIRST_DEG]] },
      ...COMPASS.map(([label, color], i) => ({
        level: i * SECTOR_DEG || 360,
        color,
        label,
        ranges: i === 0
          ? [[FIRST_DEG, SECTOR_DEG / 2], [360 - SECTOR_DEG / 2, null]] as [number, number | null][]
          : [[(i - 0.5) * SECTOR_DEG, (i + 0.5) * SECTOR_DEG]] as [number, number][],
      })),
    ],
  },
  labels: Object.fromEntries([
    ["0", "Calm"],
    ...Array.from({ length: 360 }, (_, i) => [String(i + 1), `${sectorOf(i + 1)[0]}, ${i + 1}°`]),
  ]),
};
