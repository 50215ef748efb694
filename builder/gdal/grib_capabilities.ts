import { copyString, cString, driver, gdal, NULL } from "./library.ts";

/**
 * Whether this GDAL decodes CCSDS packing (data representation template 5.42), which ECMWF open data uses. GDAL can
 * since 3.8, if it was built with libaec; the GRIB driver then has this metadata item. A trial decode would make older
 * versions print a line on stdout.
 */
export function readsCcsds(): boolean {
  const address = gdal().symbols.GDALGetMetadataItem(driver("GRIB"), cString("HAVE_AEC"), cString(""));
  return address !== NULL && copyString(address) === "YES";
}
