/** Spherical Mercator, EPSG:3857. @see EPSG guidance note 7-2, method 1024, R = 6378137 m */

export const EARTH_RADIUS_M = 6378137;
/** Half the side of the Web Mercator square, in metres. */
export const MERCATOR_HALF_SIDE_M = Math.PI * EARTH_RADIUS_M;

/** A box in degrees of WGS 84. */
export interface LonLatBox {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** A box in metres of EPSG:3857. */
export interface MercatorBox {
  readonly westM: number;
  readonly southM: number;
  readonly eastM: number;
  readonly northM: number;
}

/** Converts degrees east to metres east. */
export function mercatorX(lonDeg: number): number {
  return EARTH_RADIUS_M * lonDeg * Math.PI / 180;
}

/** Converts degrees north to metres north; infinite at the poles. */
export function mercatorY(latDeg: number): number {
  return EARTH_RADIUS_M * Math.atanh(Math.sin(latDeg * Math.PI / 180));
}

/** Normalized Web Mercator x of a longitude: 0–1 from the antimeridian eastwards; beyond that the world repeats. */
export function normalizedX(lonDeg: number): number {
  return (mercatorX(lonDeg) / MERCATOR_HALF_SIDE_M + 1) / 2;
}

/** Normalized Web Mercator y of a latitude: 0–1 from the northern edge southwards. */
export function normalizedY(latDeg: number): number {
  return (1 - mercatorY(latDeg) / MERCATOR_HALF_SIDE_M) / 2;
}

/** Converts metres east to degrees east. */
export function longitude(xM: number): number {
  return xM / EARTH_RADIUS_M * 180 / Math.PI;
}

/** Converts metres north to degrees north. */
export function latitude(yM: number): number {
  return Math.asin(Math.tanh(yM / EARTH_RADIUS_M)) * 180 / Math.PI;
}

export function toMercator(box: LonLatBox): MercatorBox {
  return {
    westM: mercatorX(box.west),
    southM: mercatorY(box.south),
    eastM: mercatorX(box.east),
    northM: mercatorY(box.north),
  };
}
