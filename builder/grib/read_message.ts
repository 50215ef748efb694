import { cycleTime, isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import type { Field } from "../field/field.ts";
import type { SourceUnit } from "../field/units.ts";
import { messageLead, type MessageSelector, selectorName, selectorWindow } from "./message_selector.ts";
import type { Bytes } from "./messages.ts";
import { decodeField } from "./decode_field.ts";
import { type FieldHeader, fieldHeaders } from "./field_header.ts";
import type { SourceGeometry } from "./geometry.ts";
import { componentsFollowGrid, type GridDefinition, gridDifference } from "./grid_definition.ts";
import { gridGeometry } from "./grid_geometry.ts";
import { type ExpectedOrigin, type MessageOrigin, originDifference } from "./message_origin.ts";
import { BadGribError } from "./messages.ts";
import { resolutionOf } from "./packing.ts";
import { elementName, isForm, isNoCentre, levelName, parameterOf, surfacesOf } from "./parameters.ts";

/** A decoded message, on its source grid. */
export interface DecodedMessage {
  readonly field: Field;
  /** Unit of the field's values. */
  readonly unit: SourceUnit;
  readonly geometry: SourceGeometry;
  /** Name in the inventory's form: `TMP:2 m above ground:1 hour fcst`. */
  readonly name: string;
  /** The step between two neighbouring packed values, in `unit`; 0 for a constant field. */
  readonly resolution: number;
  readonly origin: MessageOrigin;
  /** The length of a statistic's window, or null for an instant. */
  readonly windowHours: number | null;
  /** Whether the message names no originating centre, and so is no centre's forecast. */
  readonly isSynthetic: boolean;
  /** Whether wind components are along the grid's axes instead of east and north. */
  readonly componentsFollowGrid: boolean;
}

export interface MessageIdentity {
  readonly selector: MessageSelector;
  readonly run: RunId;
  readonly lead: Lead;
}

/** The properties that all messages of a model share. */
export interface MessageSource {
  readonly grid: GridDefinition;
  readonly origin: ExpectedOrigin;
}

/** Most bytes of a file, which is read whole; the largest file of a forecast hour has half as many. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

/**
 * Finds and decodes messages of one GRIB2 file, which is read once for all of them. A message is found by its own
 * sections, and checked for consistency and against its model before memory is allocated for its values.
 * `decodeField` decodes them.
 * @param source the properties of the messages' model; null accepts any grid and origin
 * @param from the file's origin, for error messages
 * @param read reads the file; another function may return bytes that are in no file
 * @throws BadGribError when the file is truncated, has no message of that meaning and time, or the message is damaged
 *   or another model's
 * @throws AecUnusableError when a message needs libaec and there is none
 */
export function readMessages(
  path: string,
  identities: readonly MessageIdentity[],
  source: MessageSource | null = null,
  from = path,
  read: (path: string) => Bytes = readGribFile,
): DecodedMessage[] {
  const bytes = read(path);
  const headers = fieldHeaders(bytes, from);
  return identities.map((identity) => {
    const header = headers.find((header) => isWanted(header, identity));
    if (!header) throw new BadGribError(notFoundMessage(from, headers, identity));
    const name = `${fieldName(header)} in "${from}"`;
    if (source !== null) requireSource(header, source, name);
    return decode(bytes, header, identity.selector, name);
  });
}

/**
 * Searches for messages without decoding them. Returns for each the reason why the file does not contain it, or null.
 * @throws BadGribError when the file is missing or damaged
 */
export function whyMissing(path: string, identities: readonly MessageIdentity[]): (string | null)[] {
  const headers = fieldHeaders(readGribFile(path), path);
  return identities.map((identity) =>
    headers.some((header) => isWanted(header, identity)) ? null : notFoundMessage(path, headers, identity)
  );
}

/** Checks grid and origin. A message without a centre may have any origin, as it is marked wherever it is shown. */
function requireSource({ grid, origin }: FieldHeader, source: MessageSource, name: string): void {
  const otherGrid = gridDifference(grid, source.grid);
  if (otherGrid !== null) throw new BadGribError(`Wrong grid: ${name} has ${otherGrid}`);
  const otherOrigin = isNoCentre(origin.centre) ? null : originDifference(origin, source.origin);
  if (otherOrigin !== null) throw new BadGribError(`Wrong origin: ${name} has ${otherOrigin}`);
}

function decode(file: Bytes, header: FieldHeader, { element }: MessageSelector, name: string): DecodedMessage {
  const { origin, grid, packing, window, statisticalProcess } = header;
  return {
    field: decodeField(file, header, name),
    geometry: gridGeometry(grid),
    unit: parameterOf(element).find((form) => isForm(form, header))!.unit,
    name: fieldName(header),
    resolution: resolutionOf(packing),
    origin,
    windowHours: statisticalProcess === null || window === null ? null : (window.endS - window.startS) / HOUR_S,
    isSynthetic: isNoCentre(origin.centre),
    componentsFollowGrid: componentsFollowGrid(grid),
  };
}

/** Reads a GRIB file whole. @throws BadGribError when it is missing, unreadable or too large */
export function readGribFile(path: string): Bytes {
  try {
    const { size } = Deno.statSync(path);
    if (size > MAX_FILE_BYTES) throw new BadGribError(`it has ${size} bytes, expected at most ${MAX_FILE_BYTES}`);
    return Deno.readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "it does not exist"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new BadGribError(`Cannot read GRIB file "${path}": ${reason}`, { cause });
  }
}

/** Code table 4.10; an instant has none. */
const STATISTICAL_PROCESSES = { instant: null, accumulation: 1, maximum: 2 } as const;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

function isWanted(header: FieldHeader, { selector, run, lead }: MessageIdentity): boolean {
  const { surface, window, ensemble } = header;
  if (
    window === null || ensemble !== (selector.ensemble ?? null) ||
    header.statisticalProcess !== STATISTICAL_PROCESSES[selector.statistic]
  ) return false;
  const { startMinutes, endMinutes } = selectorWindow(selector, lead);
  return parameterOf(selector.element).some((form) => isForm(form, header)) &&
    surfacesOf(selector.level).some(({ type, value, secondType }) =>
      type === surface.type && (value === null || value === surface.value) &&
      (secondType === null || secondType === surface.secondType)
    ) &&
    header.referenceTime.getTime() === cycleTime(run).getTime() &&
    (startMinutes === null || window.startS === startMinutes * MINUTE_S) && window.endS === endMinutes * MINUTE_S;
}

const STATISTIC_WORDS: Readonly<Record<number, string>> = { 0: "ave", 1: "acc", 2: "max", 3: "min" };

/** Returns a field's name in the inventory's form: element, level and time. */
export function fieldName(header: FieldHeader): string {
  const { ensemble, window } = header;
  const part = ensemble === null || window === null ? "" : `:ensemble ${ensemble}`;
  return `${elementName(header)}:${levelName(header.surface)}:${timeWords(header)}${part}`;
}

function timeWords({ window, statisticalProcess, productTemplate }: FieldHeader): string {
  if (window === null) return `product template ${productTemplate}`;
  const isInHours = window.startS % HOUR_S === 0 && window.endS % HOUR_S === 0;
  const [unit, unitS] = isInHours ? ["hour", HOUR_S] as const : ["min", MINUTE_S] as const;
  const [start, end] = [window.startS / unitS, window.endS / unitS];
  if (statisticalProcess === null) return end === 0 ? "anl" : `${end} ${unit} fcst`;
  return `${start}-${end} ${unit} ${STATISTIC_WORDS[statisticalProcess] ?? `process ${statisticalProcess}`} fcst`;
}

const LISTED_FIELDS = 5;

function notFoundMessage(
  path: string,
  headers: readonly FieldHeader[],
  { selector, run, lead }: MessageIdentity,
): string {
  const held = headers.slice(0, LISTED_FIELDS).map((header) => {
    const { referenceTime, window } = header;
    const valid = window && ` valid ${isoSeconds(new Date(referenceTime.getTime() + window.endS * 1000))}`;
    return `${fieldName(header)} cycle ${isoSeconds(referenceTime)}${valid ?? ""}`;
  });
  const more = headers.length > LISTED_FIELDS ? `, and ${headers.length - LISTED_FIELDS} more` : "";
  const valid = validTime(run, messageLead(selector, lead));
  return `Wrong message: "${path}" has no ${selectorName(selector)} of cycle ${isoSeconds(cycleTime(run))} valid ` +
    `${isoSeconds(valid)}; it holds ${held.join("; ")}${more}`;
}
