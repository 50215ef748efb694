import type { FieldHeader } from "../../builder/grib/field_header.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { readBitmap } from "../../builder/grib/missing.ts";
import { gdalTool } from "./gdal_tools.ts";

/** The value that ecCodes has in place of a missing one. */
const MISSING = 9999;

/**
 * Reads all fields of a file with ecCodes, which packs them again as 64-bit floating point numbers (template 5.4): these
 * can be read without any arithmetic.
 * @param folder a folder for the packed copy
 * @returns the values of each field in the message's own order; NaN where ecCodes has a missing value
 */
export async function eccodesValues(path: string, folder: string): Promise<Float64Array[]> {
  const copy = `${folder}/ieee.grib2`;
  await gdalTool("grib_set", ["-r", "-s", "packingType=grid_ieee,precision=2", path, copy]);
  const bytes = await Deno.readFile(copy);
  return fieldHeaders(bytes, copy).map((header) => readDoubles(bytes, header));
}

function readDoubles(bytes: Uint8Array<ArrayBuffer>, { span, sections, grid, packing }: FieldHeader): Float64Array {
  if (packing.template !== 4) throw new Error(`ecCodes wrote data representation template ${packing.template}`);
  const view = new DataView(bytes.buffer, span.start, span.length);
  const bitmap = readBitmap(view, sections.bitmap, grid.width * grid.height);
  let at = sections.data + 5;
  return Float64Array.from({ length: grid.width * grid.height }, (_, i) => {
    if (bitmap?.[i] === 0) return NaN;
    const value = view.getFloat64(at);
    at += 8;
    return value === MISSING ? NaN : value;
  });
}
