import { cycleTime, type ForecastHour, isoSeconds, type RunId } from "../../contract/identity.ts";
import type { Field } from "../fields/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { HRRR_GRID } from "./synthetic_temperature.ts";

/** A GRIB2 file of one message, and its inventory. */
export interface SyntheticGrib {
  readonly grib: Uint8Array<ArrayBuffer>;
  readonly idx: string;
}

/**
 * A 2 m temperature as NCEP would write it, but with no originating centre (code table C-11, 65535), which is how
 * everything that is made from it comes to be labelled synthetic.
 * @param temperatureK on the HRRR grid
 */
export function writeTemperatureGrib(temperatureK: Field, run: RunId, fh: ForecastHour): SyntheticGrib {
  using reference = SpatialReference.parse(HRRR_GRID.projection);
  using raster = Dataset.inMemory({
    ...temperatureK,
    bandCount: 1,
    type: "Float32",
    geoTransform: HRRR_GRID.geoTransform,
    spatialReference: reference,
  });
  raster.band(1).write(temperatureK.values);
  using file = new MemoryFile("grib2");
  raster.copyTo(file.path, "GRIB", {
    DISCIPLINE: "0", // meteorological products
    IDS_CENTER: "65535",
    IDS_SUBCENTER: "0",
    IDS_SIGNF_REF_TIME: "1", // start of forecast
    IDS_REF_TIME: isoSeconds(cycleTime(run)),
    IDS_PROD_STATUS: "2", // research product
    IDS_TYPE: "1", // forecast
    PDS_PDTN: "0", // a field at a point in time
    // Category 0 temperature, parameter 0; forecast (2), process 83; hours (1), fh; 103 = 2 m above ground.
    PDS_TEMPLATE_ASSEMBLED_VALUES: `0 0 2 0 83 0 0 1 ${fh} 103 0 2 255 0 0`,
    DATA_ENCODING: "COMPLEX_PACKING",
    SPATIAL_DIFFERENCING_ORDER: "1",
    DECIMAL_SCALE_FACTOR: "2",
    INPUT_UNIT: "K",
  });
  const time = fh === 0 ? "anl" : `${fh} hour fcst`;
  const date = run.slice(0, 8) + run.slice(9, 11);
  return { grib: file.read(), idx: `1:0:d=${date}:TMP:2 m above ground:${time}:\n` };
}
