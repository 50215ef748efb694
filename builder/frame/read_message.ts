import type { GeoTransform } from "../../contract/grid.ts";
import { cycleTime, type ForecastHour, isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
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
 * Finds and decodes messages of one GRIB2 file, which is checked and opened once however many there are.
 * @throws BadGribError when the file is truncated, or holds no message of that meaning and time
 * @throws GdalError when GDAL cannot decode one
 */
export function readMessages(path: string, identities: readonly MessageIdentity[]): DecodedMessage[] {
  using dataset = openGrib(path);
  const bands = dataset.bands();
  const geometry = geometryOf(dataset);
  return identities.map((identity) => {
    const band = bands.find((band) => isWanted(band, identity));
    if (!band) throw new BadGribError(notFoundMessage(path, bands, identity));
    return decode(band, geometry);
  });
}

/**
 * Looks for messages without decoding them: for each the reason why the file does not hold it, or null when it does.
 * @throws BadGribError when the file is missing or damaged
 */
export function whyMissing(path: string, identities: readonly MessageIdentity[]): (string | null)[] {
  using dataset = openGrib(path);
  const bands = dataset.bands();
  return identities.map((identity) =>
    bands.some((band) => isWanted(band, identity)) ? null : notFoundMessage(path, bands, identity)
  );
}

function decode(band: Band, geometry: SourceGeometry): DecodedMessage {
  const values = band.read(new Float32Array(band.width * band.height));
  markMissing(values, band.noData);
  return {
    field: { width: band.width, height: band.height, values },
    geometry,
    name: `${band.metadataItem("GRIB_ELEMENT")}:${band.metadataItem("GRIB_SHORT_NAME")}`,
    isSynthetic: !namesItsCentre(band),
  };
}

/** GDAL leaves the centre out when it is "missing" (common code table C-11, 65535). */
function namesItsCentre(band: Band): boolean {
  const ids = band.metadataItem("GRIB_IDS");
  return ids === null || /\bCENTER=(?!65535|255\b)/.test(ids);
}

function openGrib(path: string): Dataset {
  gribMessages(readFile(path), path); // says what is wrong with a damaged file, which GDAL does not
  return Dataset.open(path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
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
