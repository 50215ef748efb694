import type { LineLayerSpecification, Map as MapLibreMap, SymbolLayerSpecification } from "maplibre-gl";
import type { ContourCollection } from "../../../contract/contours.ts";

/** A frame's sets of lines, by their key. */
export type FrameLines = Readonly<Record<string, ContourCollection>>;

const LINE = "#0b1220";
/** Light around the dark line, so that it shows on dark weather as well as on bright. */
const CASING = "#ffffff";
const THIN_PX = 0.9;
/** A set of a single level is one that means something: freezing. */
const THICK_PX = 2;

/** A layer of lines, and what makes it visible: a layer that is not drawn at all would not load. */
export interface ContourLayer {
  readonly id: string;
  readonly opacity: number;
}

/** Adds sources and layers for the lines of a frame, still transparent; ids begin with `prefix`. */
export function addContourLayers(
  map: MapLibreMap,
  prefix: string,
  lines: FrameLines,
  below: string | undefined,
): ContourLayer[] {
  return Object.entries(lines).flatMap(([key, data]) => {
    const source = `${prefix}-${key}`;
    map.addSource(source, { type: "geojson", data, tolerance: 0.2 });
    const levels = new Set(data.features.map(({ properties }) => properties.level));
    const widthPx = levels.size === 1 ? THICK_PX : THIN_PX;
    const layers = [
      { layer: line(source, "casing", CASING, widthPx + 1.6), opacity: 0.4 },
      { layer: line(source, "line", LINE, widthPx), opacity: 0.85 },
    ];
    return layers.map(({ layer, opacity }): ContourLayer => {
      map.addLayer(layer, below);
      return { id: layer.id, opacity };
    });
  });
}

/**
 * Adds the numbers on the lines of a frame. Not with the lines: names that cannot be seen would still keep others from
 * their place. @returns the ids of the layers
 */
export function addContourLabels(map: MapLibreMap, sources: readonly string[], below: string | undefined): string[] {
  return sources.map((source) => {
    const layer = labels(source);
    map.addLayer(layer, below);
    return layer.id;
  });
}

function line(source: string, part: string, color: string, widthPx: number): LineLayerSpecification {
  return {
    id: `${source}-${part}`,
    type: "line",
    source,
    layout: { "line-join": "round" },
    paint: {
      "line-color": color,
      "line-width": widthPx,
      "line-opacity": 0,
      "line-opacity-transition": { duration: 0 },
    },
  };
}

function labels(source: string): SymbolLayerSpecification {
  return {
    id: `${source}-label`,
    type: "symbol",
    source,
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 260,
      "text-field": ["to-string", ["get", "level"]],
      "text-font": ["sans-serif"],
      "text-size": 11,
      "text-padding": 4,
    },
    paint: {
      "text-color": LINE,
      "text-halo-color": "rgba(255,255,255,0.9)",
      "text-halo-width": 1.6,
    },
  };
}
