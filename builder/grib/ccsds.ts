import { aecDecode } from "../aec/decode.ts";
import { AecError } from "../aec/library.ts";
import type { Field } from "../fields/field.ts";
import type { Bytes } from "../sources/object_store.ts";
import { type FieldHeader, signedInteger } from "./field_header.ts";
import { type SourceGeometry, STANDARD_EARTH } from "./geometry.ts";
import { BadGribError } from "./messages.ts";

/**
 * Reads a CCSDS-packed field on a regular latitude/longitude grid (ECMWF open data), for a GDAL that was built without
 * libaec. Values in the message's own units; NaN where the bitmap says there is none.
 * @throws BadGribError for a message that cannot be, or is on another kind of grid
 * @throws AecUnusableError when there is no libaec
 * @see GRIB2 templates 3.0, 5.42 and 7.42; value = (reference + integer × 2^E) / 10^D
 */
export function readCcsdsField(
  file: Bytes,
  header: FieldHeader,
  name: string,
): { field: Field; geometry: SourceGeometry } {
  const { span, sections, width, height } = header;
  const view = new DataView(file.buffer, file.byteOffset + span.start, span.length);
  const { geometry, isFromSouth } = latLonGeometry(view, header, name);
  const bitmap = bitmapOf(view, sections.bitmap, width * height, name);
  const count = view.getUint32(sections.representation + 5);
  const present = bitmap === null ? width * height : bitmap.reduce((sum, bit) => sum + bit, 0);
  if (count !== present) {
    throw new BadGribError(`Corrupt GRIB: ${name} packs ${count} values for ${present} points of its grid`);
  }
  const packed = unpack(view, header, count, name);
  const values = new Float32Array(width * height);
  if (bitmap === null) values.set(packed);
  else for (let i = 0, next = 0; i < values.length; i++) values[i] = bitmap[i] ? packed[next++]! : NaN;
  return { field: { width, height, values: isFromSouth ? upsideDown(values, width) : values }, geometry };
}

function upsideDown(values: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const flipped = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    flipped.set(values.subarray(start, start + width), values.length - width - start);
  }
  return flipped;
}

/** The packed values, in the message's units. */
function unpack(view: DataView, { sections }: FieldHeader, count: number, name: string): Float32Array {
  const at = sections.representation;
  const reference = view.getFloat32(at + 11);
  const binaryScale = 2 ** signedInteger(view, at + 15, 2);
  const decimalScale = 10 ** signedInteger(view, at + 17, 2);
  const bitsPerSample = view.getUint8(at + 19);
  // A constant field packs nothing.
  if (bitsPerSample === 0) return new Float32Array(count).fill(reference / decimalScale);
  const dataLength = view.getUint32(sections.data) - 5;
  const data = new Uint8Array(view.buffer, view.byteOffset + sections.data + 5, dataLength) as Bytes;
  try {
    const samples = aecDecode(data, count, {
      bitsPerSample,
      flags: view.getUint8(at + 21),
      blockSize: view.getUint8(at + 22),
      rsi: view.getUint16(at + 23),
    });
    return Float32Array.from(samples, (sample) => (reference + sample * binaryScale) / decimalScale);
  } catch (cause) {
    if (!(cause instanceof AecError)) throw cause;
    throw new BadGribError(`Corrupt GRIB: ${name}: ${cause.message}`, { cause });
  }
}

const BITMAP_FOLLOWS = 0;
const NO_BITMAP = 255;

/** One number, 0 or 1, for each point of the grid, or null when all points have values. */
function bitmapOf(view: DataView, at: number, points: number, name: string): Uint8Array | null {
  const indicator = view.getUint8(at + 5);
  if (indicator === NO_BITMAP) return null;
  if (indicator !== BITMAP_FOLLOWS || view.getUint32(at) < 6 + Math.ceil(points / 8)) {
    throw new BadGribError(`Cannot read ${name}: its bitmap (indicator ${indicator}) is not in its own section 6`);
  }
  const bits = new Uint8Array(points);
  for (let i = 0; i < points; i++) bits[i] = (view.getUint8(at + 6 + (i >> 3)) >> (7 - (i & 7))) & 1;
  return bits;
}

const REGULAR_LAT_LON = 0;
/** Eastwards along rows that follow each other southwards, or northwards. @see code table 3.4 */
const FROM_NORTH = 0x00;
const FROM_SOUTH = 0x40;
const DEGREES_PER_UNIT = 1e-6;

function latLonGeometry(
  view: DataView,
  { gridTemplate, sections: { grid }, width, height }: FieldHeader,
  name: string,
) {
  const scanning = gridTemplate === REGULAR_LAT_LON ? view.getUint8(grid + 71) : null;
  const basicAngle = gridTemplate === REGULAR_LAT_LON ? view.getUint32(grid + 38) : 0;
  const isOwnUnit = basicAngle !== 0 && basicAngle !== 0xffffffff;
  if ((scanning !== FROM_NORTH && scanning !== FROM_SOUTH) || isOwnUnit || width < 2 || height < 2) {
    throw new BadGribError(
      `Cannot read ${name}: CCSDS-packed fields are read on regular latitude/longitude grids by rows from the west (grid ` +
        `template ${gridTemplate}, scanning mode ${scanning})`,
    );
  }
  const degrees = (offset: number) => signedInteger(view, grid + offset, 4) * DEGREES_PER_UNIT;
  const isFromSouth = scanning === FROM_SOUTH;
  const [firstLatDeg, firstDeg, stepEastDeg, stepSouthDeg] = [degrees(46), degrees(50), degrees(63), degrees(67)];
  // Longitudes from −180 to 180: ECMWF's rows begin at 180°, which is −180°.
  const westDeg = firstDeg >= 180 ? firstDeg - 360 : firstDeg;
  const northDeg = firstLatDeg + (isFromSouth ? (height - 1) * stepSouthDeg : 0);
  const geometry: SourceGeometry = {
    geoTransform: [westDeg - stepEastDeg / 2, stepEastDeg, 0, northDeg + stepSouthDeg / 2, 0, -stepSouthDeg],
    projection: `+proj=longlat +R=${STANDARD_EARTH.radiusM} +no_defs`,
  };
  return { geometry, isFromSouth };
}
