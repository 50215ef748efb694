import { printable } from "../../contract/printable.ts";
import type { Field } from "../field/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { GdalError } from "../gdal/errors.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import type { FieldHeader } from "./field_header.ts";
import { isFromSouth, unreadableGrid } from "./grid_definition.ts";
import { requireImageSize } from "./image_size.ts";
import { BadGribError, type Bytes } from "./messages.ts";
import { countPresent, maskByBitmap, readBitmap, spreadOver } from "./missing.ts";
import { CCSDS, COMPLEX, COMPLEX_DIFFERENCED, requireSoundPacking, SIMPLE } from "./packing.ts";
import { unpackCcsds } from "./unpack_ccsds.ts";
import { unpackComplex } from "./unpack_complex.ts";
import { unpackSimple } from "./unpack_simple.ts";

/** The packings that are unpacked here, by code table 5.0; GDAL decodes the others. */
const UNPACK: Readonly<
  Record<number, (view: DataView, header: Pick<FieldHeader, "sections" | "packing">) => Float32Array<ArrayBuffer>>
> = {
  [SIMPLE]: unpackSimple,
  [COMPLEX]: unpackComplex,
  [COMPLEX_DIFFERENCED]: unpackComplex,
  [CCSDS]: unpackCcsds,
};

/**
 * Decodes the values of a field: row 0 is north, NaN is missing. The headers are checked against the sections before
 * memory is allocated for the values. GDAL decodes JPEG 2000 and PNG, libaec CCSDS; the other packings are read here.
 * @param file the bytes that the header was read from
 * @param name the field's name, for error messages
 * @throws BadGribError when the message is damaged, or its grid or packing is not supported here
 * @throws AecUnusableError when the message needs libaec and there is none
 */
export function decodeField(file: Bytes, header: FieldHeader, name: string): Field {
  const { span, sections, grid, packing } = header;
  const { width, height } = grid;
  const view = new DataView(file.buffer, file.byteOffset + span.start, span.length);
  try {
    const problem = unreadableGrid(grid);
    if (problem !== null) throw new BadGribError(problem);
    const said = view.getUint32(sections.grid + 6);
    if (said !== width * height) throw new BadGribError(`${said} points, expected ${width} × ${height}`);
    const bitmap = readBitmap(view, sections.bitmap, width * height);
    requireSoundPacking(packing, bitmap === null ? width * height : countPresent(bitmap));
    const fromSouth = grid.kind !== "unknown" && isFromSouth(grid);
    const unpack = UNPACK[packing.template];
    if (unpack) {
      const packed = unpack(view, header);
      const values = bitmap === null ? packed : spreadOver(bitmap, packed);
      if (fromSouth) reverseRows(values, width);
      return { width, height, values };
    }
    requireImageSize(view, header);
    const values = readWithGdal(file.subarray(span.start, span.start + span.length), header);
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

/** Reverses the order of the rows in place: a second array of this size costs more time than the copies. */
function reverseRows(values: Float32Array, width: number): void {
  for (let top = 0, bottom = values.length - width; top < bottom; top += width, bottom -= width) {
    const row = values.slice(top, top + width);
    values.copyWithin(top, bottom, bottom + width);
    values.set(row, bottom);
  }
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
