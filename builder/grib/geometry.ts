import type { GeoTransform } from "../../contract/grid.ts";

/** The position of a source grid's cells: GDAL's affine coefficients, in the units of the PROJ string. */
export interface SourceGeometry {
  readonly geoTransform: GeoTransform;
  readonly projection: string;
}

export function isLatLon({ projection }: SourceGeometry): boolean {
  return /\+proj=(longlat|latlong)\b/.test(projection);
}

/** Returns a parameter of the PROJ string, in its own unit. @throws RangeError when the string does not have it */
export function projectionParameter({ projection }: SourceGeometry, name: string): number {
  const value = Number(new RegExp(`\\+${name}=([-+0-9.eE]+)`).exec(projection)?.[1] ?? NaN);
  if (Number.isNaN(value)) throw new RangeError(`Projection "${projection}" has no +${name}`);
  return value;
}
