import type { LonLatBox } from "../../contract/projection.ts";
import type { Field } from "../field/field.ts";
import { isLatLon, type SourceGeometry } from "./geometry.ts";
import { BadGribError } from "./messages.ts";

/** Cells kept around the box, for interpolation at its edge. */
const MARGIN_CELLS = 2;

/**
 * Cuts the part around a box out of a latitude/longitude field: cells elsewhere cost time, and must not count in shares
 * and means. In a global field the part may cross the field's edge, wherever the columns begin: at 0°, 180° or any
 * other longitude. A field on another grid is returned unchanged.
 * @throws BadGribError when the field does not reach the box
 */
export function cropAround(
  field: Field,
  geometry: SourceGeometry,
  { west, south, east, north }: LonLatBox,
): { field: Field; geometry: SourceGeometry } {
  if (!isLatLon(geometry)) return { field, geometry };
  const [originX, dx, , originY, , dy] = geometry.geoTransform;
  const columns = columnsAround({ originX, dx, width: field.width }, west, east);
  const within = (row: number) => Math.min(Math.max(row, 0), field.height);
  const top = within(Math.floor((north - originY) / dy) - MARGIN_CELLS);
  const height = within(Math.ceil((south - originY) / dy) + MARGIN_CELLS) - top;
  if (columns.width < 2 || height < 2) {
    throw new BadGribError(
      `Wrong grid: the field from ${originX}° east and ${originY}° north does not reach the model's box`,
    );
  }
  const values = new Float32Array(columns.width * height);
  const start = ((columns.left % field.width) + field.width) % field.width;
  const untilEdge = Math.min(columns.width, field.width - start);
  for (let row = 0; row < height; row++) {
    const source = (top + row) * field.width;
    const target = row * columns.width;
    values.set(field.values.subarray(source + start, source + start + untilEdge), target);
    values.set(field.values.subarray(source, source + columns.width - untilEdge), target + untilEdge);
  }
  return {
    field: { width: columns.width, height, values },
    geometry: { ...geometry, geoTransform: [originX + columns.left * dx, dx, 0, originY + top * dy, 0, dy] },
  };
}

/** Returns the columns from west to east. In a global field they may lie beyond either edge, counted from column 0. */
function columnsAround(
  { originX, dx, width }: { originX: number; dx: number; width: number },
  west: number,
  east: number,
): { left: number; width: number } {
  const left = Math.floor((west - originX) / dx) - MARGIN_CELLS;
  const right = Math.ceil((east - originX) / dx) + MARGIN_CELLS;
  const isGlobal = Math.abs(width * dx - 360) < dx / 2;
  if (isGlobal && right - left < width) return { left, width: right - left };
  const within = (column: number) => Math.min(Math.max(column, 0), width);
  return { left: within(left), width: within(right) - within(left) };
}
