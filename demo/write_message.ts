import type { GeoTransform } from "../contract/grid.ts";
import { cycleTime, isoSeconds, type RunId, validTime } from "../contract/identity.ts";
import type { Lead } from "../contract/lead.ts";
import { Dataset } from "../builder/gdal/dataset.ts";
import { GdalError } from "../builder/gdal/errors.ts";
import { MemoryFile } from "../builder/gdal/memory_file.ts";
import { SpatialReference } from "../builder/gdal/spatial_reference.ts";
import { fieldHeaders } from "../builder/grib/field_header.ts";
import { parameterOf, surfacesOf } from "../builder/grib/parameters.ts";
import { NCEP_CONUS_3KM } from "../builder/models/grids.ts";
import { type MessageSelector, selectorWindow } from "../builder/grib/message_selector.ts";
import { HRRR_GRID, type Values } from "./weather/hrrr_grid.ts";

export interface MessageToWrite {
  readonly selector: MessageSelector;
  readonly decimals: number;
  readonly values: Values;
}

/** A grid as GDAL describes it. */
export interface GridToWrite {
  readonly width: number;
  readonly height: number;
  readonly projection: string;
  readonly geoTransform: GeoTransform;
}

/** Writes a GRIB2 message on the HRRR grid. */
export function writeMessage(message: MessageToWrite, run: RunId, lead: Lead): Uint8Array<ArrayBuffer> {
  return withWindsAlongGrid(writeMessageOn(HRRR_GRID, message, run, lead));
}

/** Writes a GRIB2 message with GDAL, without an originating centre (code table C-11, 65535). */
export function writeMessageOn(
  { width, height, projection, geoTransform }: GridToWrite,
  { selector, decimals, values }: MessageToWrite,
  run: RunId,
  lead: Lead,
): Uint8Array<ArrayBuffer> {
  using spatialReference = SpatialReference.parse(projection);
  using raster = Dataset.inMemory({ width, height, bandCount: 1, type: "Float32", geoTransform, spatialReference });
  raster.band(1).write(values);
  return packed(raster, {
    DISCIPLINE: String(parameterOf(selector.element)[0]!.discipline),
    IDS_CENTER: "65535",
    IDS_SUBCENTER: "0",
    IDS_SIGNF_REF_TIME: "1", // start of forecast
    IDS_REF_TIME: isoSeconds(cycleTime(run)),
    IDS_PROD_STATUS: "2", // research product
    IDS_TYPE: "1", // forecast
    ...productDefinition(selector, run, lead),
    DECIMAL_SCALE_FACTOR: String(decimals),
    INPUT_UNIT: "K", // of temperatures: GDAL takes °C otherwise
  });
}

/** Sets the flag of code table 3.3 as HRRR's messages have it, since GDAL does not write it. */
function withWindsAlongGrid(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [header] = fieldHeaders(message, "a synthetic message");
  message[header!.sections.grid + LAMBERT_FLAGS] = NCEP_CONUS_3KM.componentFlags;
  return message;
}

/** Offset of octet 47 of template 3.30 from the section's start. */
const LAMBERT_FLAGS = 46;

/** Packings, from the smallest to the most reliable. */
const PACKINGS: readonly Readonly<Record<string, string>>[] = [
  { DATA_ENCODING: "COMPLEX_PACKING", SPATIAL_DIFFERENCING_ORDER: "1" },
  { DATA_ENCODING: "COMPLEX_PACKING", SPATIAL_DIFFERENCING_ORDER: "2" },
  { DATA_ENCODING: "SIMPLE_PACKING" },
];

/**
 * Packs the message in the first packing that GDAL manages. GDAL's complex packing fails for some fields ("Error while
 * packing"), such as totals of two days, and these fields cannot be known in advance.
 */
function packed(raster: Dataset, options: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  let failure: unknown;
  for (const packing of PACKINGS) {
    using file = new MemoryFile("grib2");
    try {
      raster.copyTo(file.path, "GRIB", { ...options, ...packing });
      return file.read();
    } catch (error) {
      if (!(error instanceof GdalError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

const POINT_IN_TIME = 0;
const STATISTIC_OVER_TIME = 8;
const FORECAST = 2;
const PROCESS = 83;
const MINUTES = 0; // code table 4.4
const HOURS = 1;
const NO_SURFACE = 255;
const ACCUMULATION = 1; // code table 4.10
/** Code for fields of the interval with the same start and later times (code table 4.11). */
const LATER_FORECASTS = 2;

/** Makes section 4, by templates 4.0 and 4.8. */
function productDefinition(selector: MessageSelector, run: RunId, lead: Lead): Record<string, string> {
  const { category, number } = parameterOf(selector.element)[0]!;
  const surface = surfacesOf(selector.level)[0]!;
  const { startMinutes, endMinutes } = selectorWindow(selector, lead);
  const firstMinute = startMinutes ?? endMinutes;
  const isInHours = firstMinute % 60 === 0 && endMinutes % 60 === 0;
  const [unit, unitMinutes] = isInHours ? [HOURS, 60] as const : [MINUTES, 1] as const;
  const common = [
    category,
    number,
    FORECAST,
    0,
    PROCESS,
    0,
    0,
    unit,
    firstMinute / unitMinutes,
    surface.type,
    0,
    surface.value ?? 0,
    NO_SURFACE,
    0,
    0,
  ];
  if (selector.statistic === "instant") return section(POINT_IN_TIME, common);
  const end = validTime(run, lead);
  return section(STATISTIC_OVER_TIME, [
    ...common,
    end.getUTCFullYear(),
    end.getUTCMonth() + 1,
    end.getUTCDate(),
    end.getUTCHours(),
    end.getUTCMinutes(),
    0,
    1,
    0, // one interval, and nothing is missing from it
    ACCUMULATION,
    LATER_FORECASTS,
    unit,
    (endMinutes - firstMinute) / unitMinutes,
    unit,
    0,
  ]);
}

function section(template: number, values: readonly number[]): Record<string, string> {
  return { PDS_PDTN: String(template), PDS_TEMPLATE_ASSEMBLED_VALUES: values.join(" ") };
}
