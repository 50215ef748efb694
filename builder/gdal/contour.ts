import { callForErrors, callForHandle, callForStatus, cString, driver, gdal, NULL } from "./library.ts";
import type { Band } from "./band.ts";
import { MemoryFile } from "./memory_file.ts";
import type { SpatialReference } from "./spatial_reference.ts";
import { StringList } from "./string_list.ts";

const LINE_STRING = 2; // wkbLineString
const REAL = 2; // OFTReal
const INTEGER = 0; // OFTInteger

export interface ContourOptions {
  /** Values to trace, in the band's units. */
  readonly levels: readonly number[];
  /** The band's reference system; lines come out in WGS 84. */
  readonly spatialReference: SpatialReference;
  readonly noData: number | null;
  /** Decimals of a degree. */
  readonly decimals: number;
}

/**
 * Traces lines of equal value as a GeoJSON FeatureCollection in WGS 84 (RFC 7946); each feature has its `level`.
 * @throws GdalError
 */
export function traceContours(band: Band, options: ContourOptions): string {
  using file = new MemoryFile("geojson");
  const dataset = callForHandle(
    "GDALCreate(GeoJSON)",
    file.path,
    (gdal) => gdal.GDALCreate(driver("GeoJSON"), cString(file.path), 0, 0, 0, 0, NULL),
  );
  try {
    using layerOptions = StringList.ofOptions({ RFC7946: "YES", COORDINATE_PRECISION: String(options.decimals) });
    const layer = callForHandle("GDALDatasetCreateLayer", file.path, (gdal) =>
      gdal.GDALDatasetCreateLayer(
        dataset,
        cString("contours"),
        options.spatialReference.handle,
        LINE_STRING,
        layerOptions.address,
      ));
    addField(layer, "id", INTEGER);
    addField(layer, "level", REAL);
    using contourOptions = StringList.ofOptions({
      FIXED_LEVELS: options.levels.join(","),
      ID_FIELD: "0",
      ELEV_FIELD: "1",
      ...(options.noData === null ? {} : { NODATA: String(options.noData) }),
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
  return new TextDecoder().decode(file.read());
}

function addField(layer: bigint, name: string, type: number): void {
  const field = callForHandle("OGR_Fld_Create", null, (gdal) => gdal.OGR_Fld_Create(cString(name), type));
  try {
    callForStatus("OGR_L_CreateField", null, (gdal) => gdal.OGR_L_CreateField(layer, field, 1));
  } finally {
    gdal().symbols.OGR_Fld_Destroy(field);
  }
}
