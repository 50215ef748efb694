import { copyString, cString, driver, gdal, NULL } from "./library.ts";

/**
 * Whether this GDAL decodes CCSDS packing (data representation template 5.42), as ECMWF open data has it. Its GRIB driver
 * says so since it can (3.8), where it was built with libaec. Trying it out instead would have older ones print a line on
 * stdout.
 */
export function readsCcsds(): boolean {
  const address = gdal().symbols.GDALGetMetadataItem(driver("GRIB"), cString("HAVE_AEC"), cString(""));
  return address !== NULL && copyString(address) === "YES";
}
