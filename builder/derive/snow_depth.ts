import { type Field, requireSameShape } from "../field/field.ts";

/**
 * Computes the depth of the snow on the ground in m, from its mass in kg m-2 and its density in kg m-3. Where the mass
 * is zero the depth is zero for any density. Elsewhere the depth is missing where the density is missing or zero, or
 * the mass is missing.
 * @throws RangeError when the fields are not on the same grid
 */
export function snowDepth(massKgM2: Field, densityKgM3: Field): Field {
  requireSameShape(massKgM2, densityKgM3);
  const values = new Float32Array(massKgM2.values.length);
  for (let i = 0; i < values.length; i++) {
    const mass = massKgM2.values[i]!;
    const density = densityKgM3.values[i]!;
    values[i] = mass <= 0 ? 0 : density > 0 ? mass / density : NaN;
  }
  return { ...massKgM2, values };
}
