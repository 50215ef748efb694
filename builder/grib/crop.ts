import type { LonLatBox } from "../../contract/projection.ts";
import type { Field } from "../fields/field.ts";
import { isLatLon, type SourceGeometry } from "./geometry.ts";

/** Cells kept around the box, for interpolation at its edge. */
const MARGIN_CELLS = 2;

/**
 * The part of a global latitude/longitude field around a box: what lies elsewhere must not count in shares and means, and
 * costs time. Other fields are given back as they are.
 */
export function cropAround(
  field: Field,
  geometry: SourceGeometry,
  { west, south, east, north }: LonLatBox,
): { field: Field; geometry: SourceGeometry } {
  if (!isLatLon(geometry)) return { field, geometry };
  const [originX, dx, , originY, , dy] = geometry.geoTransform;
  const first = (edge: number, size: number) => Math.min(Math.max(Math.floor(edge) - MARGIN_CELLS, 0), size);
  const last = (edge: number, size: number) => Math.min(Math.max(Math.ceil(edge) + MARGIN_CELLS, 0), size);
  const [left, right] = [first((west - originX) / dx, field.width), last((east - originX) / dx, field.width)];
  const [top, bottom] = [first((north - originY) / dy, field.height), last((south - originY) / dy, field.height)];
  const width = right - left;
  const height = bottom - top;
  if (width < 2 || height < 2) {
    throw new RangeError(`Cannot crop: the field from ${originX}° east and ${originY}° north does not reach the box`);
  }
  const values = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * field.width + left;
    values.set(field.values.subarray(start, start + width), row * width);
  }
  return {
    field: { width, height, values },
    geometry: { ...geometry, geoTransform: [originX + left * dx, dx, 0, originY + top * dy, 0, dy] },
  };
}
