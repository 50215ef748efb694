/**
 * The HRRR CONUS grid.
 * @see SOURCES: Lambert conformal, one standard parallel 38.5°, LoV 97.5° W, sphere of 6371229 m
 */
export const HRRR_GRID = {
  width: 1799,
  height: 1059,
  projection: "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229 +units=m +no_defs",
  geoTransform: [-2699020.142521929, 3000, 0, 1588193.847443335, 0, -3000],
} as const;

const CELL_KM = 3;
const SPHERE_M = 6371229;
const PARALLEL = radians(38.5);
const CENTRAL_MERIDIAN = radians(-97.5);

/**
 * Returns the latitude and longitude, in degrees, of a point of the Lambert plane.
 * @see Snyder 1987, equations 15-1 to 15-11
 */
export function lambertToLonLat(xM: number, yM: number): { lonDeg: number; latDeg: number } {
  const n = Math.sin(PARALLEL); // one standard parallel
  const f = Math.cos(PARALLEL) * Math.tan(Math.PI / 4 + PARALLEL / 2) ** n / n;
  const rho0 = SPHERE_M * f / Math.tan(Math.PI / 4 + PARALLEL / 2) ** n;
  const rho = Math.hypot(xM, rho0 - yM);
  const theta = Math.atan2(xM, rho0 - yM);
  const lat = 2 * Math.atan((SPHERE_M * f / rho) ** (1 / n)) - Math.PI / 2;
  return { lonDeg: degrees(CENTRAL_MERIDIAN + theta / n), latDeg: degrees(lat) };
}

/** Values of the points, row-major, row 0 north. */
export type Values = Float32Array<ArrayBuffer>;

/**
 * Points at a constant spacing of cells in both directions, from the first cell on; the last points may lie beyond the
 * grid.
 */
export interface Points {
  readonly width: number;
  readonly height: number;
  readonly spacingKm: number;
}

function pointsEvery(cells: number): Points {
  const count = (length: number) => Math.ceil((length - 1) / cells) + 1;
  return { width: count(HRRR_GRID.width), height: count(HRRR_GRID.height), spacingKm: cells * CELL_KM };
}

const COARSE_CELLS = 4;

/** Points at every cell. */
export const FINE = pointsEvery(1);
/** Points for smooth fields, which are computed here with a sixteenth of the work and then interpolated. */
export const COARSE = pointsEvery(COARSE_CELLS);

/** Longitudes and latitudes of the coarse points. */
export const COARSE_PLACES = places();

function places(): { readonly lonDeg: Float64Array; readonly latDeg: Float64Array } {
  const { width, height, spacingKm } = COARSE;
  const [west, dx, , north, , dy] = HRRR_GRID.geoTransform;
  const [firstX, firstY] = [west + dx / 2, north + dy / 2];
  const lon = new Float64Array(width * height);
  const lat = new Float64Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const { lonDeg, latDeg } = lambertToLonLat(firstX + column * spacingKm * 1000, firstY - row * spacingKm * 1000);
      lon[i] = lonDeg;
      lat[i] = latDeg;
    }
  }
  return { lonDeg: lon, latDeg: lat };
}

/** Kilometres per degree of latitude, and of longitude at the equator. */
export const KM_PER_DEGREE = radians(1) * SPHERE_M / 1000;

const EARTH_SPIN_PER_S = 7.292e-5;

/**
 * Returns the Coriolis parameter, s-1: the earth's part of vorticity, and the factor by which its rotation turns a
 * wind.
 */
export function coriolisPerS(latDeg: number): number {
  return 2 * EARTH_SPIN_PER_S * Math.sin(radians(latDeg));
}

/** Interpolates a coarse field linearly to other points. For the coarse points, returns the field itself. */
export function spread(coarse: Values, to: Points): Values {
  if (to === COARSE) return coarse;
  const values = new Float32Array(to.width * to.height);
  const line = new Float32Array(COARSE.width);
  for (let row = 0; row < to.height; row++) {
    const above = Math.floor(row / COARSE_CELLS) * COARSE.width;
    const down = (row % COARSE_CELLS) / COARSE_CELLS;
    const below = down === 0 ? above : above + COARSE.width;
    for (let i = 0; i < line.length; i++) line[i] = coarse[above + i]! * (1 - down) + coarse[below + i]! * down;
    const start = row * to.width;
    for (let column = 0; column < to.width; column++) {
      const left = Math.floor(column / COARSE_CELLS);
      const along = (column % COARSE_CELLS) / COARSE_CELLS;
      values[start + column] = line[left]! + (line[left + 1]! - line[left]!) * along;
    }
  }
  return values;
}

export function radians(deg: number): number {
  return deg * Math.PI / 180;
}

function degrees(rad: number): number {
  return rad * 180 / Math.PI;
}
