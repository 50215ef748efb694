import { cycleTime, type ForecastHour, isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
import type { Field } from "../fields/field.ts";
import type { SourceUnit } from "../fields/units.ts";
import { readsCcsds } from "../gdal/grib_capabilities.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { type MessageSelector, selectorName, selectorWindow } from "../models/message_selector.ts";
import type { Bytes } from "../sources/object_store.ts";
import { readCcsdsField } from "./ccsds.ts";
import { type FieldHeader, fieldHeaders } from "./field_header.ts";
import type { SourceGeometry } from "./geometry.ts";
import { BadGribError } from "./messages.ts";
import { elementName, isForm, isNoCentre, levelName, parameterOf, surfacesOf } from "./parameters.ts";

/** A decoded message, on the grid it came on. */
export interface DecodedMessage {
  readonly field: Field;
  /** Of the field's values. */
  readonly unit: SourceUnit;
  readonly geometry: SourceGeometry;
  /** In the inventory's words: `TMP:2 m above ground:1 hour fcst`. */
  readonly name: string;
  /** True when no originating centre is named: nobody's forecast. */
  readonly isSynthetic: boolean;
  /** Wind components follow the grid's axes, and not east and north. */
  readonly componentsFollowGrid: boolean;
}

export interface MessageIdentity {
  readonly selector: MessageSelector;
  readonly run: RunId;
  readonly fh: ForecastHour;
}

/**
 * Finds and decodes messages of one GRIB2 file, which is read once however many there are. What a message is about is
 * read from its own sections; GDAL decodes the values, and libaec those that this GDAL cannot.
 * @throws BadGribError when the file is truncated, or holds no message of that meaning and time
 * @throws GdalError when GDAL cannot decode one
 * @throws AecUnusableError when a message needs libaec and there is none
 */
export function readMessages(path: string, identities: readonly MessageIdentity[]): DecodedMessage[] {
  const bytes = readFile(path);
  const headers = fieldHeaders(bytes, path);
  return identities.map((identity) => {
    const header = headers.find((header) => isWanted(header, identity));
    if (!header) throw new BadGribError(notFoundMessage(path, headers, identity));
    return decode(bytes, header, identity.selector);
  });
}

/**
 * Looks for messages without decoding them: for each the reason why the file does not hold it, or null when it does.
 * @throws BadGribError when the file is missing or damaged
 */
export function whyMissing(path: string, identities: readonly MessageIdentity[]): (string | null)[] {
  const headers = fieldHeaders(readFile(path), path);
  return identities.map((identity) =>
    headers.some((header) => isWanted(header, identity)) ? null : notFoundMessage(path, headers, identity)
  );
}

function decode(file: Bytes, header: FieldHeader, { element }: MessageSelector): DecodedMessage {
  const name = fieldName(header);
  const decoded = header.packingTemplate === CCSDS_PACKING && !readsCcsds()
    ? readCcsdsField(file, header, name)
    : readWithGdal(file, header, name);
  return {
    ...decoded,
    unit: parameterOf(element).find((form) => isForm(form, header))!.unit,
    name,
    isSynthetic: isNoCentre(header.centre),
    componentsFollowGrid: header.componentsFollowGrid,
  };
}

const CCSDS_PACKING = 42;

/** GDAL is given the one message: a damaged neighbour cannot make it refuse the file. */
function readWithGdal(
  file: Bytes,
  { span, index, width, height }: FieldHeader,
  name: string,
): { field: Field; geometry: SourceGeometry } {
  using memory = MemoryFile.of(file.subarray(span.start, span.start + span.length), "grib2");
  using dataset = Dataset.open(memory.path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
  const band = dataset.band(index + 1);
  if (band.width !== width || band.height !== height) {
    throw new BadGribError(
      `Corrupt GRIB: ${name} says ${width} × ${height} and GDAL reads ${band.width} × ${band.height}`,
    );
  }
  const { geoTransform } = dataset;
  if (geoTransform[1] === 0 || geoTransform[5] === 0) {
    throw new BadGribError(`Cannot place ${name}: its grid template has no geometry that GDAL knows`);
  }
  const values = band.read(new Float32Array(width * height));
  markMissing(values, band.noData);
  using reference = dataset.spatialReference();
  return { field: { width, height, values }, geometry: { geoTransform, projection: reference.toProj4() } };
}

function markMissing(values: Float32Array, noData: number | null): void {
  if (noData === null || Number.isNaN(noData)) return;
  const stored = Math.fround(noData);
  for (let i = 0; i < values.length; i++) if (values[i] === stored) values[i] = NaN;
}

function readFile(path: string): Bytes {
  try {
    return Deno.readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "it does not exist" : String(cause);
    throw new BadGribError(`Cannot read GRIB file "${path}": ${reason}`, { cause });
  }
}

/** Code table 4.10; an instant has none. */
const STATISTICAL_PROCESSES = { instant: null, accumulation: 1, maximum: 2 } as const;
const HOUR_S = 3600;

function isWanted(header: FieldHeader, { selector, run, fh }: MessageIdentity): boolean {
  const { surface, window } = header;
  if (window === null || header.statisticalProcess !== STATISTICAL_PROCESSES[selector.statistic]) return false;
  const { startHour, endHour } = selectorWindow(selector, fh);
  return parameterOf(selector.element).some((form) => isForm(form, header)) &&
    surfacesOf(selector.level).some(({ type, value, secondType }) =>
      type === surface.type && (value === null || value === surface.value) &&
      (secondType === null || secondType === surface.secondType)
    ) &&
    header.referenceTime.getTime() === cycleTime(run).getTime() &&
    (startHour === null || window.startS === startHour * HOUR_S) && window.endS === endHour * HOUR_S;
}

const STATISTIC_WORDS: Readonly<Record<number, string>> = { 0: "ave", 1: "acc", 2: "max", 3: "min" };

/** In the inventory's words. */
export function fieldName(header: FieldHeader): string {
  return `${elementName(header)}:${levelName(header.surface)}:${timeWords(header)}`;
}

function timeWords({ window, statisticalProcess, productTemplate }: FieldHeader): string {
  if (window === null) return `product template ${productTemplate}`;
  const [start, end] = [window.startS / HOUR_S, window.endS / HOUR_S];
  if (statisticalProcess === null) return end === 0 ? "anl" : `${end} hour fcst`;
  return `${start}-${end} hour ${STATISTIC_WORDS[statisticalProcess] ?? `process ${statisticalProcess}`} fcst`;
}

const LISTED_FIELDS = 5;

function notFoundMessage(
  path: string,
  headers: readonly FieldHeader[],
  { selector, run, fh }: MessageIdentity,
): string {
  const held = headers.slice(0, LISTED_FIELDS).map((header) => {
    const { referenceTime, window } = header;
    const valid = window && ` valid ${isoSeconds(new Date(referenceTime.getTime() + window.endS * 1000))}`;
    return `${fieldName(header)} cycle ${isoSeconds(referenceTime)}${valid ?? ""}`;
  });
  const more = headers.length > LISTED_FIELDS ? `, and ${headers.length - LISTED_FIELDS} more` : "";
  const valid = validTime(run, selectorWindow(selector, fh).endHour as ForecastHour);
  return `Wrong message: "${path}" has no ${selectorName(selector)} of cycle ${isoSeconds(cycleTime(run))} valid ` +
    `${isoSeconds(valid)}; it holds ${held.join("; ")}${more}`;
}
