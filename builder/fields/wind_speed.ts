import type { Field } from "./field.ts";

/**
 * Speed of the wind from its components, in their unit: √(u² + v²). A speed does not depend on the components' axes,
 * so grid-relative components (HRRR) need no rotation. NaN where either component is missing.
 * @throws RangeError when the components are not on the same grid
 */
export function windSpeed(u: Field, v: Field): Field {
  if (u.width !== v.width || u.height !== v.height) {
    throw new RangeError(`Cannot combine wind components of ${u.width} × ${u.height} and ${v.width} × ${v.height}`);
  }
  return { ...u, values: u.values.map((component, i) => Math.sqrt(component ** 2 + v.values[i]! ** 2)) };
}
