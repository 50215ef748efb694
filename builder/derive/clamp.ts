import type { Field } from "../field/field.ts";

/**
 * Raises values that packing has put below the smallest possible value: a snow depth of −1e-6 m is no snow. A value
 * that is lower by more than the tolerance is kept, so that a gate can refuse it. The input is not changed.
 * @param floor the smallest possible value, in the field's unit
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
