import { derivedPart, type HeldPart, memberPart } from "./ensemble.ts";
import type { Bytes } from "./messages.ts";
import { type GridDefinition, readGridDefinition } from "./grid_definition.ts";
import type { MessageOrigin } from "./message_origin.ts";
import { BadGribError, gribMessages, type MessageSpan } from "./messages.ts";
import { SAME_BITMAP } from "./missing.ts";
import { type Packing, readPacking } from "./packing.ts";
import { signedInteger } from "./signed_integer.ts";

/** The offsets of a field's sections, in bytes from the start of its message. */
export interface FieldSections {
  readonly grid: number;
  readonly representation: number;
  /** The field's own section 6, or the earlier one in the message that the field refers to. */
  readonly bitmap: number;
  readonly data: number;
}

/** A time window, in seconds after the reference time; start and end are the same for an instant. */
export interface FieldWindow {
  readonly startS: number;
  readonly endS: number;
}

/** The description of one field of a GRIB2 file, from its headers alone: the values are not decoded yet. */
export interface FieldHeader {
  readonly span: MessageSpan;
  /** Position among the fields of the message, from 0: the two components of a wind may share one message. */
  readonly index: number;
  readonly sections: FieldSections;
  /** Common code table C-11. */
  readonly centre: number;
  readonly origin: MessageOrigin;
  readonly referenceTime: Date;
  readonly discipline: number;
  readonly category: number;
  readonly number: number;
  /** Code table 4.0. */
  readonly productTemplate: number;
  /** Time window of the field; null when its product template or its unit of time is not supported here. */
  readonly window: FieldWindow | null;
  /** Code table 4.10; null for an instant, and when `window` is null. */
  readonly statisticalProcess: number | null;
  /** The part of an ensemble, from the product template. */
  readonly ensemble: HeldPart;
  readonly surface: { readonly type: number; readonly value: number; readonly secondType: number };
  readonly grid: GridDefinition;
  readonly packing: Packing;
}

/**
 * Reads the headers of all fields of a file, in the file's order.
 * @throws BadGribError for a damaged file, as `gribMessages` does, or for an invalid or missing section
 * @see WMO manual on codes, FM 92 GRIB
 */
export function fieldHeaders(bytes: Bytes, name: string): FieldHeader[] {
  return gribMessages(bytes, name).flatMap((span, i) => messageFields(bytes, span, `message ${i + 1} of "${name}"`));
}

interface Section {
  readonly at: number;
  readonly length: number;
}

const END_MARK = 0x37373737; // 7777
/** Most fields of a message: NCEP packs the two components of a wind in one, other centres some dozens of fields. */
const MAX_FIELDS = 256;
/** Most sections of a message: section 1, and sections 2 to 7 of each field. */
const MAX_SECTIONS = 1 + 6 * MAX_FIELDS;

function messageFields(bytes: Bytes, span: MessageSpan, which: string): FieldHeader[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + span.start, span.length);
  const latest = new Map<number, Section>();
  const fields: FieldHeader[] = [];
  let sections = 0;
  for (let at = 16; at + 4 <= span.length && view.getUint32(at) !== END_MARK;) {
    const length = at + 5 <= span.length ? view.getUint32(at) : 0;
    if (length < 5 || at + length > span.length - 4) {
      throw new BadGribError(`Corrupt GRIB: ${which} has a section of ${length} bytes at byte ${at}`);
    }
    const number = view.getUint8(at + 4);
    const refersToBitmap = number === 6 && length > 5 && view.getUint8(at + 5) === SAME_BITMAP && latest.has(6);
    if (!refersToBitmap) latest.set(number, { at, length });
    if (number === 7) {
      if (fields.length === MAX_FIELDS) {
        throw new BadGribError(`Corrupt GRIB: ${which} has more than ${MAX_FIELDS} fields`);
      }
      fields.push(readField(view, span, latest, fields.length, which));
    }
    if (++sections > MAX_SECTIONS) {
      throw new BadGribError(`Corrupt GRIB: ${which} has more than ${MAX_SECTIONS} sections`);
    }
    at += length;
  }
  if (fields.length === 0) throw new BadGribError(`Corrupt GRIB: ${which} has no data section`);
  return fields;
}

function readField(
  view: DataView,
  span: MessageSpan,
  latest: ReadonlyMap<number, Section>,
  index: number,
  which: string,
): FieldHeader {
  const at = (number: number): number => {
    const section = latest.get(number);
    if (!section) throw new BadGribError(`Corrupt GRIB: ${which} has no section ${number}`);
    return section.at;
  };
  try {
    const [identification, grid, product, representation] = [at(1), at(3), at(4), at(5)];
    const productTemplate = view.getUint16(product + 7);
    const referenceTime = timeAt(view, identification + 12);
    return {
      span,
      index,
      sections: { grid, representation, bitmap: at(6), data: at(7) },
      centre: view.getUint16(identification + 5),
      origin: originAt(view, identification, product),
      referenceTime,
      discipline: view.getUint8(6),
      category: view.getUint8(product + 9),
      number: view.getUint8(product + 10),
      productTemplate,
      ...timesOf(view, product, productTemplate, referenceTime),
      surface: surfaceAt(view, product + 22),
      grid: readGridDefinition(view, grid),
      packing: readPacking(view, representation),
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new BadGribError(`Corrupt GRIB: ${which} has a section that is too short`, { cause });
  }
}

/** Reads a time: the year in two bytes, then month, day, hour, minute and second in one byte each. */
function timeAt(view: DataView, at: number): Date {
  const [month, day, hour, minute, second] = [2, 3, 4, 5, 6].map((i) => view.getUint8(at + i));
  return new Date(Date.UTC(view.getUint16(at), month! - 1, day, hour, minute, second));
}

/** Seconds in each unit of time of code table 4.4. */
const TIME_UNIT_S: Readonly<Record<number, number>> = {
  0: 60,
  1: 3600,
  2: 86_400,
  10: 10_800,
  11: 21_600,
  12: 43_200,
  13: 1,
};

/**
 * The product templates of fields on a surface: bytes that describe the ensemble after those of a deterministic field,
 * and whether the field is a statistic of an interval, whose end and process follow.
 */
const TEMPLATES: Readonly<Record<number, { readonly ensembleBytes: 0 | 2 | 3; readonly isInterval: boolean }>> = {
  0: { ensembleBytes: 0, isInterval: false },
  1: { ensembleBytes: 3, isInterval: false },
  2: { ensembleBytes: 2, isInterval: false },
  8: { ensembleBytes: 0, isInterval: true },
  11: { ensembleBytes: 3, isInterval: true },
  12: { ensembleBytes: 2, isInterval: true },
};

/** Reads what depends on the product template: times, and the part of an ensemble. */
function timesOf(
  view: DataView,
  product: number,
  template: number,
  referenceTime: Date,
): Pick<FieldHeader, "window" | "statisticalProcess" | "ensemble"> {
  const layout = TEMPLATES[template];
  const unitS = TIME_UNIT_S[view.getUint8(product + 17)];
  if (unitS === undefined || !layout) return { window: null, statisticalProcess: null, ensemble: "other" };
  const { ensembleBytes, isInterval } = layout;
  const after = product + 34;
  const ensemble = ensembleBytes === 0
    ? null
    : ensembleBytes === 3
    ? memberPart(view.getUint8(after), view.getUint8(after + 1))
    : derivedPart(view.getUint8(after));
  const startS = signedInteger(view, product + 18, 4) * unitS;
  if (!isInterval) return { window: { startS, endS: startS }, statisticalProcess: null, ensemble };
  const endAt = after + ensembleBytes;
  const endS = (timeAt(view, endAt).getTime() - referenceTime.getTime()) / 1000;
  return { window: { startS, endS }, statisticalProcess: view.getUint8(endAt + 12), ensemble };
}

function surfaceAt(view: DataView, at: number): FieldHeader["surface"] {
  const isMissing = view.getUint8(at + 1) === 255;
  const value = isMissing ? 0 : signedInteger(view, at + 2, 4) / 10 ** signedInteger(view, at + 1, 1);
  return { type: view.getUint8(at), value, secondType: view.getUint8(at + 6) };
}

function originAt(view: DataView, identification: number, product: number): MessageOrigin {
  return {
    centre: view.getUint16(identification + 5),
    subCentre: view.getUint16(identification + 7),
    process: view.getUint8(product + 13),
    productionStatus: view.getUint8(identification + 19),
    dataType: view.getUint8(identification + 20),
  };
}
