/**
 * Names of variables that configure GDAL and PROJ. Both read configuration, drivers and data from the environment and
 * from files in the home directory: a variable for another program in the user's shell would make a builder load that
 * program's code and tables. Such variables are removed before the library is opened. (GDAL can read an option from any
 * variable; the options that decide which code is loaded, and how the drivers used here work, all begin like this.)
 */
const OTHERS = /^(GDAL|CPL|OGR|OSR|PROJ|VSI[A-Z0-9]*|GRIB|GTIFF|GEOTIFF|TIFF|COG|PYTHONSO)(_|$)/;

/** Settings that replace files and folders that the library would otherwise search for itself. */
const OURS: Readonly<Record<string, string>> = {
  // Replaces the gdalrc of the system and of the home directory.
  GDAL_CONFIG_FILE: "/dev/null",
  // No drivers from the folders of plug-ins. @see https://gdal.org/user/configoptions.html#driver-management
  GDAL_DRIVER_PATH: "disable",
  GDAL_PYTHON_DRIVER_PATH: "/nonexistent",
  // PROJ uses only the grids on this machine.
  PROJ_NETWORK: "OFF",
};

/** Replaces the GDAL and PROJ settings in this process's environment with the project's own. */
export function clearGdalEnvironment(): void {
  for (const name of Object.keys(Deno.env.toObject())) if (OTHERS.test(name)) Deno.env.delete(name);
  for (const [name, value] of Object.entries(OURS)) Deno.env.set(name, value);
}
