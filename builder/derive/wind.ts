import type { Grid } from "../../contract/grid.ts";
import { longitude } from "../../contract/projection.ts";
import { isLatLon, projectionParameter, type SourceGeometry } from "../grib/geometry.ts";
import { type Field, requireSameShape } from "../field/field.ts";

/**
 * Computes the speed of the wind from its components, in their unit: √(u² + v²). A speed does not depend on the
 * components' axes, so grid-relative components (HRRR) need no rotation. A cell is missing where either component is.
 * @throws RangeError when the components are not on the same grid
 */
export function windSpeed(u: Field, v: Field): Field {
  requireSameShape(u, v);
  const values = new Float32Array(u.values.length);
  for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(u.values[i]! ** 2 + v.values[i]! ** 2);
  return { ...u, values };
}

const RADIANS = Math.PI / 180;

/** The axes of a wind's components. */
export interface WindAxes {
  readonly geometry: SourceGeometry;
  /** Whether the components are along the grid's rows and columns, instead of east and north. */
  readonly componentsFollowGrid: boolean;
}

/**
 * Computes the direction from which the wind blows, in whole degrees clockwise from true north, 1 to 360; north is 360
 * and calm is 0, as in weather reports. Components along the axes of a Lambert grid are turned by the angle between the
 * grid's north and true north, α = n · (λ − λ₀): u_e = u cos α + v sin α, v_e = −u sin α + v cos α.
 * A cell is missing where either component is missing.
 * @throws RangeError when the components are not on one grid, or are along the axes of a grid of another kind
 * @see Snyder 1987, section 15: n is the cone constant
 */
export function windDirection(u: Field, v: Field, { geometry, componentsFollowGrid }: WindAxes): Field {
  requireSameShape(u, v);
  const angleAt = componentsFollowGrid ? gridConvergence(geometry) : () => 0;
  const values = new Float32Array(u.values.length);
  for (let row = 0, i = 0; row < u.height; row++) {
    for (let column = 0; column < u.width; column++, i++) {
      const along = u.values[i]!;
      const across = v.values[i]!;
      if (along === 0 && across === 0) continue; // 0: calm
      // Turning the vector by α adds α to its bearing.
      const bearing = Math.atan2(-along, -across) + angleAt(column, row);
      const degrees = ((Math.round(bearing * 180 / Math.PI) % 360) + 360) % 360;
      values[i] = degrees === 0 ? 360 : degrees;
    }
  }
  return { ...u, values };
}

/** Components of a wind towards true east and true north. */
export interface EarthWind {
  readonly east: Field;
  readonly north: Field;
}

/**
 * Turns the components of a wind that were interpolated to a grid in EPSG:3857 from the axes of their source grid to
 * true east and north, as `windDirection` does.
 * @param u along the source grid's rows, or towards the east; on the target grid, like `v`
 * @param axes of the source grid
 * @throws RangeError when the components are along the axes of a grid of another kind
 */
export function turnToEarth(u: Field, v: Field, { geometry, componentsFollowGrid }: WindAxes, target: Grid): EarthWind {
  requireSameShape(u, v);
  if (!componentsFollowGrid || isLatLon(geometry)) return { east: u, north: v };
  const { coneConstant, meridianDeg } = coneOf(geometry);
  const { width, height } = u;
  const [east, north] = [new Float32Array(u.values.length), new Float32Array(u.values.length)];
  // α = n · (λ − λ₀) depends on the longitude alone, and a column of the target grid has one longitude.
  for (let column = 0; column < width; column++) {
    const lonDeg = longitude(target.westM + (column + 0.5) * target.pixelSizeM);
    const beyondDeg = ((lonDeg - meridianDeg + 540) % 360) - 180;
    const angle = coneConstant * beyondDeg * RADIANS;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let row = 0, i = column; row < height; row++, i += width) {
      const [along, across] = [u.values[i]!, v.values[i]!];
      east[i] = along * cos + across * sin;
      north[i] = across * cos - along * sin;
    }
  }
  return { east: { width, height, values: east }, north: { width, height, values: north } };
}

/** Returns the angle from true north to the grid's north at a cell, in radians, clockwise. */
function gridConvergence(geometry: SourceGeometry): (column: number, row: number) => number {
  if (isLatLon(geometry)) return () => 0; // rows and columns run east and north
  const { tipM } = coneOf(geometry);
  const [west, dx, , north, , dy] = geometry.geoTransform;
  return (column, row) => Math.atan2(west + (column + 0.5) * dx, tipM - (north + (row + 0.5) * dy));
}

/** The cone of a Lambert grid with one standard parallel. */
interface Cone {
  /** n, the sine of the standard parallel. */
  readonly coneConstant: number;
  /** λ₀, the meridian that runs north on the grid. */
  readonly meridianDeg: number;
  /** Northing of the cone's tip, where all meridians meet: R cot φ₁ north of the origin. */
  readonly tipM: number;
}

/** Returns the cone of a grid. @throws RangeError for another projection, and for a cone with two standard parallels */
function coneOf(geometry: SourceGeometry): Cone {
  if (!/\+proj=lcc\b/.test(geometry.projection)) {
    throw new RangeError(
      `Cannot turn a wind that follows the grid "${geometry.projection}": only Lambert grids are supported`,
    );
  }
  const [lat1, lat2, lat0] = ["lat_1", "lat_2", "lat_0"].map((name) => projectionParameter(geometry, name));
  if (lat1 !== lat2 || lat1 !== lat0) {
    throw new RangeError(`Cannot turn a wind on "${geometry.projection}": expected lat_1 = lat_2 = lat_0`);
  }
  return {
    coneConstant: Math.sin(lat1! * RADIANS),
    meridianDeg: projectionParameter(geometry, "lon_0"),
    tipM: projectionParameter(geometry, "R") / Math.tan(lat1! * RADIANS),
  };
}
