import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

/** The layer that weather goes below, so that borders and names stay readable on top of it. */
export const FIRST_OVERLAY_LAYER = "states-casing";

/** The font of names: the reader's own, so that no glyph server is needed. */
export const NAME_FONT: readonly string[] = ["sans-serif"];
/** The layer with the names of places. */
export const PLACES_LAYER = "places";

/** The dark colour of borders. */
export const LINE = "#0b1220";
/** The light colour beside the dark line, so that the line shows on the bare map as well as on bright weather. */
const CASING = "#a9bbd8";

/**
 * Returns the style of the map without weather: land and water below, borders and names above. The colours suit any
 * weather between them.
 */
export function basemapStyle(assets: Readonly<Record<string, string>>): StyleSpecification {
  const source = (name: string) => ({ type: "geojson" as const, data: assets[name]!, attribution: "" });
  return {
    version: 8,
    sources: {
      land: source("land"),
      borders: source("borders"),
      states: source("states"),
      places: { ...source("places"), attribution: "Natural Earth, US Census Bureau, GeoNames CC BY" },
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": "#10192b" } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": "#263450" } },
      ...line("states", "states", { thinPx: 0.7, thickPx: 1.8, opacity: 0.75 }),
      ...line("borders", "borders", { thinPx: 1, thickPx: 2.2, opacity: 0.9 }),
      ...line("coast", "land", { thinPx: 1, thickPx: 2.2, opacity: 0.9 }),
      {
        id: PLACES_LAYER,
        type: "symbol",
        source: "places",
        filter: [">=", ["zoom"], ["get", "minzoom"]],
        layout: {
          "text-field": ["get", "name"],
          "text-font": [...NAME_FONT],
          "text-size": ["interpolate", ["linear"], ["get", "population"], 20_000, 11, 1_000_000, 14],
          "text-padding": 8,
          "symbol-sort-key": ["-", ["get", "population"]],
        },
        paint: { "text-color": "#ffffff", "text-halo-color": "rgba(11,18,32,0.85)", "text-halo-width": 1.6 },
      },
    ],
  };
}

/** Returns a dark line of zoom-dependent width and its casing. */
function line(
  id: string,
  source: string,
  { thinPx, thickPx, opacity }: { thinPx: number; thickPx: number; opacity: number },
): LayerSpecification[] {
  const width = (extraPx: number): ExpressionSpecification => [
    "interpolate",
    ["linear"],
    ["zoom"],
    3,
    thinPx + extraPx,
    8,
    thickPx + extraPx,
  ];
  return [
    {
      id: `${id}-casing`,
      type: "line",
      source,
      paint: { "line-color": CASING, "line-width": width(1.2), "line-opacity": 0.3 },
    },
    {
      id,
      type: "line",
      source,
      paint: { "line-color": LINE, "line-width": width(0), "line-opacity": opacity },
    },
  ];
}
