import type { GeoTransform } from "../../contract/grid.ts";
import { type ForecastHour, isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
import { cycleTime } from "../../contract/identity.ts";
import type { Field } from "../fields/field.ts";
import type { Band } from "../gdal/band.ts";
import { Dataset } from "../gdal/dataset.ts";
import { type MessageSelector, selectorName, selectorWindow } from "../models/model.ts";
import { parameterOf, surfaceOf } from "../models/parameters.ts";
import { BadGribError, gribMessages } from "../sources/grib_messages.ts";
import type { SourceGeometry } from "./display_field.ts";

/** A decoded message: SI units, on the grid it came on. */
export interface DecodedMessage {
  readonly field: Field;
  readonly geometry: SourceGeometry;
  /** As GDAL names it: `TMP:2-HTGL`. */
  readonly name: string;
  /** True when no originating centre is named: nobody's forecast. */
  readonly isSynthetic: boolean;
}

export interface MessageIdentity {
  readonly selector: MessageSelector;
  readonly run: RunId;
  readonly fh: ForecastHour;
}

/**
 * Finds and decodes one message in a GRIB2 file.
 * @throws BadGribError when the file is truncated, or holds no message of that meaning and time
 * @throws GdalError when GDAL cannot decode it
 */
export function readMessage(path: string, identity: MessageIdentity): DecodedMessage {
  using dataset = openGrib(path);
  const band = findBand(dataset, identity);
  const values = band.read(new Float32Array(band.width * band.height));
  markMissing(values, band.noData);
  return {
    field: { width: band.width, height: band.height, values },
    geometry: geometryOf(dataset),
    name: `${band.metadataItem("GRIB_ELEMENT")}:${band.metadataItem("GRIB_SHORT_NAME")}`,
    isSynthetic: !namesItsCentre(band),
  };
}

/** GDAL leaves the centre out when it is "missing" (common code table C-11, 65535). */
function namesItsCentre(band: Band): boolean {
  const ids = band.metadataItem("GRIB_IDS");
  return ids === null || /\bCENTER=(?!65535|255\b)/.test(ids);
}

/** Looks for a message without decoding it. @throws BadGribError when the file does not hold it */
export function requireMessage(path: string, identity: MessageIdentity): void {
  using dataset = openGrib(path);
  findBand(dataset, identity);
}

function openGrib(path: string): Dataset {
  gribMessages(readFile(path), path); // says what is wrong with a damaged file, which GDAL does not
  return Dataset.open(path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
}

function findBand(dataset: Dataset, identity: MessageIdentity): Band {
  const bands = dataset.bands();
  const band = bands.find((band) => isWanted(band, identity));
  if (!band) throw new BadGribError(notFoundMessage(dataset.path, bands, identity));
  return band;
}

function markMissing(values: Float32Array, noData: number | null): void {
  if (noData === null || Number.isNaN(noData)) return;
  const stored = Math.fround(noData);
  for (let i = 0; i < values.length; i++) if (values[i] === stored) values[i] = NaN;
}

function readFile(path: string): Uint8Array<ArrayBuffer> {
  try {
    return Deno.readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "it does not exist" : String(cause);
    throw new BadGribError(`Cannot read GRIB file "${path}": ${reason}`, { cause });
  }
}

function isWanted(band: Band, { selector, run, fh }: MessageIdentity): boolean {
  const parameter = parameterOf(selector.element);
  const surface = surfaceOf(selector.level);
  const { startHour, endHour } = selectorWindow(selector, fh);
  const [category, number, , , , , , , , surfaceType, scale, scaledValue] = productValues(band);
  const surfaceValue = Number(scaledValue) / 10 ** Number(scale);
  return Number.parseInt(band.metadataItem("GRIB_DISCIPLINE") ?? "") === parameter.discipline &&
    category === parameter.category && parameter.numbers.includes(number!) &&
    surfaceType === surface.type && (surface.value === null || surfaceValue === surface.value) &&
    Number(band.metadataItem("GRIB_PDS_PDTN")) === PRODUCT_TEMPLATES[selector.statistic] &&
    Number(band.metadataItem("GRIB_REF_TIME")) === cycleTime(run).getTime() / 1000 &&
    Number(band.metadataItem("GRIB_FORECAST_SECONDS")) === startHour * 3600 && // of an interval, its start
    Number(band.metadataItem("GRIB_VALID_TIME")) === validTime(run, endHour as ForecastHour).getTime() / 1000;
}

/** Product definition templates of deterministic fields. @see GRIB2 code table 4.0 */
const PRODUCT_TEMPLATES = { instant: 0, accumulation: 8 } as const;

/** Values of the product definition template, octet groups assembled: category, number, …, surface type, scale, value. */
function productValues(band: Band): number[] {
  return (band.metadataItem("GRIB_PDS_TEMPLATE_ASSEMBLED_VALUES") ?? "").split(" ").map(Number);
}

function geometryOf(dataset: Dataset): SourceGeometry {
  const geoTransform: GeoTransform = dataset.geoTransform;
  if (geoTransform[1] === 0 || geoTransform[5] === 0) {
    throw new BadGribError(`Cannot place "${dataset.path}": its grid template has no geometry that GDAL knows`);
  }
  using reference = dataset.spatialReference();
  return { geoTransform, projection: reference.toWkt() };
}

const LISTED_BANDS = 5;

function notFoundMessage(path: string, bands: readonly Band[], { selector, run, fh }: MessageIdentity): string {
  const held = bands.slice(0, LISTED_BANDS).map((band) => {
    const time = (key: string) => isoSeconds(new Date(Number(band.metadataItem(key)) * 1000));
    return `${band.metadataItem("GRIB_ELEMENT")}:${band.metadataItem("GRIB_SHORT_NAME")} ` +
      `cycle ${time("GRIB_REF_TIME")} valid ${time("GRIB_VALID_TIME")}`;
  });
  const more = bands.length > LISTED_BANDS ? `, and ${bands.length - LISTED_BANDS} more` : "";
  return `Wrong message: "${path}" has no ${selectorName(selector)} of cycle ${isoSeconds(cycleTime(run))} valid ` +
    `${isoSeconds(validTime(run, fh))}; it holds ${held.join("; ")}${more}`;
}
