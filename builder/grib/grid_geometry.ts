import { transformPoints } from "../gdal/coordinate_transformation.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import type { SourceGeometry } from "./geometry.ts";
import { type GridDefinition, isFromSouth, type LambertGrid, type LatLonGrid } from "./grid_definition.ts";

/**
 * Returns the position of a message's cells, with rows from north to south, from the message's own section 3. GDAL's
 * geometry is not used: GDAL puts Lambert grids whose rows begin in the north some 3,000 km off.
 * @throws RangeError for a grid that `unreadableGrid` refuses
 */
export function gridGeometry(grid: GridDefinition): SourceGeometry {
  if (grid.kind === "latitude/longitude") return latLonGeometry(grid);
  if (grid.kind === "Lambert conformal") return lambertGeometry(grid);
  throw new RangeError(`Cannot place a grid of template ${grid.template}`);
}

function latLonGeometry(grid: LatLonGrid): SourceGeometry {
  const { stepLonDeg, stepLatDeg, firstLonDeg, firstLatDeg, height } = grid;
  // Longitudes from −180 to 180: ECMWF's rows begin at 180°, which is −180°.
  const westDeg = firstLonDeg >= 180 ? firstLonDeg - 360 : firstLonDeg;
  const northDeg = firstLatDeg + (isFromSouth(grid) ? (height - 1) * stepLatDeg : 0);
  return {
    geoTransform: [westDeg - stepLonDeg / 2, stepLonDeg, 0, northDeg + stepLatDeg / 2, 0, -stepLatDeg],
    projection: `+proj=longlat ${grid.earth} +no_defs`,
  };
}

/** Geometries of recent grids, by grid: PROJ takes a millisecond for a grid, and a model has one grid. */
const known = new Map<string, SourceGeometry>();
const MAX_KNOWN = 8;

function lambertGeometry(grid: LambertGrid): SourceGeometry {
  const key = JSON.stringify(grid);
  const before = known.get(key);
  if (before) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const { trueLatDeg, centralLonDeg, parallel1Deg, parallel2Deg, stepXM, stepYM, earth } = grid;
  const centralDeg = centralLonDeg > 180 ? centralLonDeg - 360 : centralLonDeg;
  const projection = `+proj=lcc +lat_0=${trueLatDeg} +lon_0=${centralDeg} +lat_1=${parallel1Deg} ` +
    `+lat_2=${parallel2Deg} +x_0=0 +y_0=0 ${earth} +units=m +no_defs`;
  const [x, y] = [Float64Array.of(grid.firstLonDeg), Float64Array.of(grid.firstLatDeg)];
  using sphere = SpatialReference.parse(`+proj=longlat ${earth} +no_defs`);
  using plane = SpatialReference.parse(projection);
  transformPoints(sphere, plane, x, y);
  if (!Number.isFinite(x[0]) || !Number.isFinite(y[0])) {
    throw new RangeError(`Cannot place the point ${grid.firstLatDeg}° ${grid.firstLonDeg}° on "${projection}"`);
  }
  const northM = y[0]! + (isFromSouth(grid) ? (grid.height - 1) * stepYM : 0);
  const geometry: SourceGeometry = {
    geoTransform: [x[0]! - stepXM / 2, stepXM, 0, northM + stepYM / 2, 0, -stepYM],
    projection,
  };
  known.set(key, geometry);
  return geometry;
}
