import type { Field } from "../field/field.ts";

/**
 * Raises values that packing has put below the smallest one there is: a snow depth of −1e-6 m is none. A value that is
 * lower than the tolerance explains stays as it is, for the gates to see. The input is not changed.
 * @param floor the smallest value there is, in the field's unit
 * @returns the same field when no cell was raised
 */
export function clampToFloor(field: Field, floor: number, tolerance: number): { field: Field; clampedCells: number } {
  const { values } = field;
  let clampedCells = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! < floor && values[i]! >= floor - tolerance) clampedCells++;
  if (clampedCells === 0) return { field, clampedCells };
  const raised = values.map((value) => value < floor && value >= floor - tolerance ? floor : value);
  return { field: { ...field, values: raised }, clampedCells };
}
