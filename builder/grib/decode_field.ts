import { printable } from "../../contract/printable.ts";
import type { Field } from "../field/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { GdalError } from "../gdal/errors.ts";
import { readsCcsds } from "../gdal/grib_capabilities.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import type { Bytes } from "./messages.ts";
import { unpackCcsds } from "./ccsds.ts";
import type { FieldHeader } from "./field_header.ts";
import { isFromSouth, unreadableGrid } from "./grid_definition.ts";
import { BadGribError } from "./messages.ts";
import { maskByBitmap, maskSubstitutes, readBitmap, withOwnSubstitutes } from "./missing.ts";
import { CCSDS, requireSoundPacking } from "./packing.ts";

/**
 * Decodes the values of a field: row 0 is north, NaN is missing. The headers are checked against the sections before
 * memory is allocated for the values. GDAL decodes the values, or libaec if this GDAL cannot.
 * @param file the bytes that the header was read from
 * @param name the field's name, for error messages
 * @throws BadGribError when the message is damaged, or its grid or packing is not supported here
 * @throws AecUnusableError when the message needs libaec and there is none
 */
export function decodeField(file: Bytes, header: FieldHeader, name: string): Field {
  const { span, sections, grid, packing } = header;
  const { width, height } = grid;
  const message = file.subarray(span.start, span.start + span.length);
  const view = new DataView(file.buffer, file.byteOffset + span.start, span.length);
  try {
    const problem = unreadableGrid(grid);
    if (problem !== null) throw new BadGribError(problem);
    const said = view.getUint32(sections.grid + 6);
    if (said !== width * height) throw new BadGribError(`${said} points, expected ${width} × ${height}`);
    const bitmap = readBitmap(view, sections.bitmap, width * height);
    const present = bitmap === null ? width * height : bitmap.reduce((sum, bit) => sum + bit, 0);
    requireSoundPacking(view, packing, sections, present);
    const fromSouth = grid.kind !== "unknown" && isFromSouth(grid);
    if (packing.template === CCSDS && !readsCcsds()) {
      const values = spreadOver(bitmap, unpackCcsds(view, header), width * height);
      return { width, height, values: fromSouth ? upsideDown(values, width) : values };
    }
    const values = readWithGdal(withOwnSubstitutes(message, sections.representation, packing), header);
    maskSubstitutes(values, packing);
    if (bitmap !== null) maskByBitmap(values, bitmap, width, fromSouth);
    return { width, height, values };
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new BadGribError(`Corrupt GRIB: ${name} has a section that is too short`, { cause });
    }
    if (!(cause instanceof BadGribError)) throw cause;
    throw new BadGribError(`Cannot read ${name}: ${cause.message}`, { cause });
  }
}

/** Puts the packed values at the points that the bitmap does not leave out, and NaN at the others. */
function spreadOver(
  bitmap: Uint8Array | null,
  packed: Float32Array<ArrayBuffer>,
  points: number,
): Float32Array<ArrayBuffer> {
  if (bitmap === null) return packed;
  const values = new Float32Array(points);
  for (let i = 0, next = 0; i < points; i++) values[i] = bitmap[i] ? packed[next++]! : NaN;
  return values;
}

function upsideDown(values: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const flipped = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    flipped.set(values.subarray(start, start + width), values.length - width - start);
  }
  return flipped;
}

/**
 * Decodes one message with GDAL, which puts the northern row first. GDAL gets this message alone, so that a damaged
 * message elsewhere in the file cannot make GDAL refuse it.
 */
function readWithGdal(message: Bytes, { index, grid: { width, height } }: FieldHeader): Float32Array<ArrayBuffer> {
  try {
    using memory = MemoryFile.of(message, "grib2");
    using dataset = Dataset.open(memory.path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
    const band = dataset.band(index + 1);
    if (band.width !== width || band.height !== height) {
      throw new BadGribError(`GDAL reads ${band.width} × ${band.height} points, expected ${width} × ${height}`);
    }
    return band.read(new Float32Array(width * height));
  } catch (cause) {
    if (!(cause instanceof GdalError)) throw cause;
    // GDAL's message may name a file in its memory; without that name little of the message may be left.
    const reason = printable(cause.gdalMessage.replaceAll(/[\s"'`]*\/vsimem\/\S*/g, "").trim());
    throw new BadGribError(`GDAL cannot decode the message${reason ? `: ${reason}` : ""}`, { cause });
  }
}
