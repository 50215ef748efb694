/**
 * GDAL and PROJ take configuration, drivers and data from the environment and from files in the home directory: whoever
 * starts a builder with a variable of another program in his shell would load code and read tables of that one's. What bears
 * their names is taken away before the library is opened. (An option may be read by any name; those that decide what is
 * loaded, and what the drivers used here do, all begin like this.)
 */
const OTHERS = /^(GDAL|CPL|OGR|OSR|PROJ|VSI[A-Z0-9]*|GRIB|GTIFF|GEOTIFF|TIFF|COG|PYTHONSO)(_|$)/;

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

/** Takes what is meant for other programs' GDAL and PROJ out of this process's environment. */
export function clearGdalEnvironment(): void {
  for (const name of Object.keys(Deno.env.toObject())) if (OTHERS.test(name)) Deno.env.delete(name);
  for (const [name, value] of Object.entries(OURS)) Deno.env.set(name, value);
}
