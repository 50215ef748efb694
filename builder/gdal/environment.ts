/**
 * GDAL and PROJ take configuration, drivers and data from the environment and from files in the home directory: whoever
 * starts a builder with a variable of another program in his shell would load code and read tables of that one's. None of it
 * is ours, and all of it is taken away before the library is opened.
 */

const OTHERS =
  /^(GDAL|CPL|OGR|OSR|PROJ|VSI|VSI[A-Z0-9]+|GRIB|GTIFF|GEOTIFF|TIFF|COG|AWS|GS|AZURE|SWIFT|OSS|CURL|PYTHONSO)(_|$)/;

/** What the library looks for itself when a variable does not say otherwise. */
const OURS: Readonly<Record<string, string>> = {
  // Instead of gdalrc of the system and of the home directory.
  GDAL_CONFIG_FILE: "/dev/null",
  // No drivers from the folders of plug-ins. @see https://gdal.org/user/configoptions.html#driver-management
  GDAL_DRIVER_PATH: "disable",
  GDAL_PYTHON_DRIVER_PATH: "/nonexistent",
  // PROJ's grids are on this machine, or are not used.
  PROJ_NETWORK: "OFF",
};

/** Leaves GDAL and PROJ nothing of the process's environment. */
export function clearGdalEnvironment(): void {
  for (const name of Object.keys(Deno.env.toObject())) if (OTHERS.test(name)) Deno.env.delete(name);
  for (const [name, value] of Object.entries(OURS)) Deno.env.set(name, value);
}
