import { type Field, requireSameShape } from "./field.ts";

/**
 * Depth of the snow on the ground, m, from its mass in kg m-2 and its density in kg m-3. Where there is no mass there is
 * no snow, whatever the density says; elsewhere a missing density makes the depth missing.
 * @throws RangeError when the fields are not on the same grid
 */
export function snowDepth(massKgM2: Field, densityKgM3: Field): Field {
  requireSameShape(massKgM2, densityKgM3);
  const values = new Float32Array(massKgM2.values.length);
  for (let i = 0; i < values.length; i++) {
    const mass = massKgM2.values[i]!;
    values[i] = mass <= 0 ? 0 : mass / densityKgM3.values[i]!;
  }
  return { ...massKgM2, values };
}
