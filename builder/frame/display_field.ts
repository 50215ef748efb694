import { type GeoTransform, geoTransform, type Grid } from "../../contract/grid.ts";
import type { Kind } from "../../contract/sidecar.ts";
import type { Field } from "../fields/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { warpInto } from "../gdal/warp.ts";

/** Where the cells of a source grid lie. `projection` is a PROJ string or WKT. */
export interface SourceGeometry {
  readonly geoTransform: GeoTransform;
  readonly projection: string;
}

/**
 * Warps a field to a display grid: bilinear for continuous values, nearest for discrete ones; NaN outside the source.
 * @throws GdalError
 */
export function warpToGrid(source: Field, geometry: SourceGeometry, grid: Grid, kind: Kind): Field {
  using sourceReference = SpatialReference.parse(geometry.projection);
  using mercator = SpatialReference.parse("EPSG:3857");
  using from = Dataset.inMemory({
    ...source,
    bandCount: 1,
    type: "Float32",
    geoTransform: geometry.geoTransform,
    spatialReference: sourceReference,
  });
  using to = Dataset.inMemory({
    ...grid,
    bandCount: 1,
    type: "Float32",
    geoTransform: geoTransform(grid),
    spatialReference: mercator,
  });
  from.band(1).write(source.values);
  const values = new Float32Array(grid.width * grid.height).fill(NaN);
  to.band(1).write(values);
  if (source.values.some(Number.isNaN)) {
    // Told of nodata, GDAL keeps validity masks, which costs a third of the warp. Most fields have none.
    from.band(1).setNoData(NaN);
    to.band(1).setNoData(NaN);
  }
  warpInto(from, to, kind === "continuous" ? "bilinear" : "nearest");
  return { width: grid.width, height: grid.height, values: to.band(1).read(values) };
}
