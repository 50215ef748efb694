import { geoTransform, type Grid } from "../../contract/grid.ts";
import type { Field } from "../field/field.ts";
import { Dataset } from "./dataset.ts";
import { callForErrors, callForHandle, callForStatus, cString, driver, gdal, NULL } from "./library.ts";
import { MemoryFile } from "./memory_file.ts";
import { SpatialReference } from "./spatial_reference.ts";
import { StringList } from "./string_list.ts";

const LINE_STRING = 2; // wkbLineString
const REAL = 2; // OFTReal
const INTEGER = 0; // OFTInteger

/** A contour, in metres of the grid. The contour is closed when its first point is also its last. */
export interface ContourLine {
  readonly level: number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/**
 * Traces the contours of a field. A contour ends where a value is missing.
 * @param levels the values of the contours, in the field's unit
 * @throws GdalError
 */
export function traceContours(field: Field, grid: Grid, levels: readonly number[]): ContourLine[] {
  using mercator = SpatialReference.parse("EPSG:3857");
  using raster = Dataset.inMemory({
    ...field,
    bandCount: 1,
    type: "Float32",
    geoTransform: geoTransform(grid),
    spatialReference: mercator,
  });
  const band = raster.band(1);
  band.setNoData(NaN);
  band.write(field.values);
  using file = new MemoryFile("geojson");
  const dataset = callForHandle(
    "GDALCreate(GeoJSON)",
    file.path,
    (gdal) => gdal.GDALCreate(driver("GeoJSON"), cString(file.path), 0, 0, 0, 0, NULL),
  );
  try {
    using layerOptions = StringList.ofOptions({ COORDINATE_PRECISION: "1" });
    const layer = callForHandle(
      "GDALDatasetCreateLayer",
      file.path,
      (gdal) =>
        gdal.GDALDatasetCreateLayer(dataset, cString("contours"), mercator.handle, LINE_STRING, layerOptions.address),
    );
    addField(layer, "id", INTEGER);
    addField(layer, "level", REAL);
    using contourOptions = StringList.ofOptions({
      FIXED_LEVELS: levels.join(","),
      ID_FIELD: "0",
      ELEV_FIELD: "1",
      NODATA: "nan",
    });
    callForStatus(
      "GDALContourGenerateEx",
      null,
      (gdal) => gdal.GDALContourGenerateEx(band.handle, layer, contourOptions.address, NULL, NULL),
    );
  } catch (error) {
    gdal().symbols.GDALClose(dataset);
    throw error;
  }
  callForErrors("GDALClose", file.path, (gdal) => gdal.GDALClose(dataset));
  return readLines(new TextDecoder().decode(file.read()));
}

/** Parses GDAL's GeoJSON, whose coordinates are in metres. */
function readLines(text: string): ContourLine[] {
  const { features } = JSON.parse(text) as {
    features: { properties: { level: number }; geometry: { coordinates: [number, number][] } }[];
  };
  return features.map(({ properties: { level }, geometry: { coordinates } }) => ({ level, points: coordinates }));
}

function addField(layer: bigint, name: string, type: number): void {
  const field = callForHandle("OGR_Fld_Create", null, (gdal) => gdal.OGR_Fld_Create(cString(name), type));
  try {
    callForStatus("OGR_L_CreateField", null, (gdal) => gdal.OGR_L_CreateField(layer, field, 1));
  } finally {
    gdal().symbols.OGR_Fld_Destroy(field);
  }
}
