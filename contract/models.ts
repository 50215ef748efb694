import * as z from "zod";
import { type Grid, gridOver, modelGrid } from "./grid.ts";
import type { ModelId } from "./identity.ts";
import { type LonLatBox, toMercator } from "./projection.ts";
import type { ContractVersion } from "./version.ts";

/**
 * The nature of what lies on the map, which only acquisition, schedule and time bar depend on:
 * - `forecast`: a run is a cycle, and a frame is a lead time after it;
 * - `observation`: a run is a block of UTC hours, and a frame is a minute after its start;
 * - `static`: a run is a version, named by its date, and has one frame.
 */
export const natureSchema = z.enum(["forecast", "observation", "static"]);
export type Nature = z.infer<typeof natureSchema>;

/** Facts about a model that are known without reading data: its name and its fixed grid. */
export interface ModelGeometry {
  readonly id: ModelId;
  readonly nature: Nature;
  readonly name: string;
  readonly description: string;
  readonly attribution: string;
  /** Age in hours from which a latest run is late: cycle interval, usual delay of its first hours, and some margin. */
  readonly staleAfterHours: number;
  readonly coverage: LonLatBox;
  /** Grid of picture and values alike. */
  readonly grid: Grid;
  /** Width and height of the grid are multiples of this number of pixels. */
  readonly alignmentPx: number;
}

/** The whole HRRR domain: it contains every region preset and the weather upstream of it. */
export const CONUS: LonLatBox = { west: -134, south: 21, east: -60, north: 53 };

interface ModelEntry {
  readonly nature: Nature;
  readonly name: string;
  readonly description: string;
  readonly attribution: string;
  readonly staleAfterHours: number;
  readonly pixelSizeM: number;
  readonly alignmentPx: number;
}

const NOAA = "NOAA/NWS, public domain";
const ECMWF = "© ECMWF, source www.ecmwf.int, CC BY 4.0; modified";

const ENTRIES: Readonly<Record<string, ModelEntry>> = {
  hrrr: {
    nature: "forecast",
    name: "HRRR",
    description: "High-Resolution Rapid Refresh, 3 km, hourly",
    attribution: NOAA,
    staleAfterHours: 4,
    pixelSizeM: 3000,
    alignmentPx: 4,
  },
  rrfs: {
    nature: "forecast",
    name: "RRFS",
    description: "Rapid Refresh Forecast System, 3 km CONUS",
    attribution: NOAA,
    staleAfterHours: 5,
    pixelSizeM: 3000,
    alignmentPx: 4,
  },
  gfs: {
    nature: "forecast",
    name: "GFS",
    description: "Global Forecast System, 0.25°",
    attribution: NOAA,
    staleAfterHours: 13,
    pixelSizeM: 6250,
    alignmentPx: 4,
  },
  ecmwf: {
    nature: "forecast",
    name: "ECMWF IFS",
    description: "ECMWF open data, 0.25°, upsampled to 9 km",
    attribution: ECMWF,
    staleAfterHours: 21,
    pixelSizeM: 9000,
    alignmentPx: 1,
  },
  nam: {
    nature: "forecast",
    name: "NAM nest",
    description: "North American Mesoscale CONUS nest, 3 km; retired upstream in October 2026",
    attribution: NOAA,
    staleAfterHours: 11,
    pixelSizeM: 3000,
    alignmentPx: 4,
  },
};

const MODELS: ReadonlyMap<string, ModelGeometry> = new Map(
  Object.entries(ENTRIES).map(([id, { pixelSizeM, alignmentPx, ...words }]) => [id, {
    id: id as ModelId,
    ...words,
    coverage: CONUS,
    grid: modelGrid(toMercator(CONUS), pixelSizeM, alignmentPx),
    alignmentPx,
  }]),
);

/** The geometry of a model; null for an unknown model. */
export function modelGeometry(id: string): ModelGeometry | null {
  return MODELS.get(id) ?? null;
}

/** The grids of a frame's two COGs. They differ in frames of contract 3.0. */
export interface FrameGrids {
  readonly rgba: Grid;
  readonly values: Grid;
}

/**
 * Returns the grids of a frame's COGs: the model's grid. Values of contract 3.0 are on larger pixels over the same
 * extent.
 */
export function frameGrids({ grid, alignmentPx }: ModelGeometry, version: ContractVersion): FrameGrids {
  return { rgba: grid, values: version === "3.0" ? gridOver(grid, grid.pixelSizeM * alignmentPx) : grid };
}

/** The attribution to show with the data; synthetic data has no originator to name. */
export function attributionOf(model: ModelGeometry, isSynthetic: boolean): string {
  return isSynthetic ? "Synthetic data, not a forecast" : model.attribution;
}

export function knownModels(): ModelGeometry[] {
  return [...MODELS.values()];
}
