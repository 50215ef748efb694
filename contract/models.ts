import { type ModelGrids, modelGrids } from "./grid.ts";
import type { ModelId } from "./identity.ts";
import { type LonLatBox, toMercator } from "./projection.ts";

/** Facts about a model that are known without reading data: its name and its fixed grids. */
export interface ModelGeometry {
  readonly id: ModelId;
  readonly name: string;
  readonly description: string;
  readonly attribution: string;
  /** Age in hours from which a latest run is late: cycle interval, usual delay of its first hours, and some margin. */
  readonly staleAfterHours: number;
  readonly coverage: LonLatBox;
  readonly grids: ModelGrids;
}

/** The whole HRRR domain: it contains every region preset and the weather upstream of it. */
export const CONUS: LonLatBox = { west: -134, south: 21, east: -60, north: 53 };

interface ModelEntry {
  readonly name: string;
  readonly description: string;
  readonly attribution: string;
  readonly staleAfterHours: number;
  readonly displayPixelM: number;
  readonly valueFactor: number;
}

const NOAA = "NOAA/NWS, public domain";
const ECMWF = "© ECMWF, source www.ecmwf.int, CC BY 4.0; modified";

const ENTRIES: Readonly<Record<string, ModelEntry>> = {
  hrrr: {
    name: "HRRR",
    description: "High-Resolution Rapid Refresh, 3 km, hourly",
    attribution: NOAA,
    staleAfterHours: 4,
    displayPixelM: 3000,
    valueFactor: 4,
  },
  rrfs: {
    name: "RRFS",
    description: "Rapid Refresh Forecast System, 3 km CONUS",
    attribution: NOAA,
    staleAfterHours: 5,
    displayPixelM: 3000,
    valueFactor: 4,
  },
  gfs: {
    name: "GFS",
    description: "Global Forecast System, 0.25°",
    attribution: NOAA,
    staleAfterHours: 13,
    displayPixelM: 6250,
    valueFactor: 4,
  },
  ecmwf: {
    name: "ECMWF IFS",
    description: "ECMWF open data, 0.25°, upsampled to 9 km",
    attribution: ECMWF,
    staleAfterHours: 21,
    displayPixelM: 9000,
    valueFactor: 1,
  },
  nam: {
    name: "NAM nest",
    description: "North American Mesoscale CONUS nest, 3 km; retired upstream in October 2026",
    attribution: NOAA,
    staleAfterHours: 11,
    displayPixelM: 3000,
    valueFactor: 4,
  },
};

const MODELS: ReadonlyMap<string, ModelGeometry> = new Map(
  Object.entries(ENTRIES).map(([id, { displayPixelM, valueFactor, ...words }]) => [id, {
    id: id as ModelId,
    ...words,
    coverage: CONUS,
    grids: modelGrids(toMercator(CONUS), displayPixelM, valueFactor),
  }]),
);

/** The geometry of a model; null for an unknown model. */
export function modelGeometry(id: string): ModelGeometry | null {
  return MODELS.get(id) ?? null;
}

/** The attribution to show with the data; synthetic data has no originator to name. */
export function attributionOf(model: ModelGeometry, isSynthetic: boolean): string {
  return isSynthetic ? "Synthetic data, not a forecast" : model.attribution;
}

export function knownModels(): ModelGeometry[] {
  return [...MODELS.values()];
}
