/**
 * Finds the libgdal file. Run as a script, this file prints the path. With `--for-permission` it prints the value for
 * `--allow-ffi`: libgdal and, if there is one, libaec, separated by a comma. When there is no libgdal, it prints a path
 * that does not exist, so that the command that follows reports the error.
 */
import { locateAec } from "../grib/aec/locate.ts";
import { findLibrary, isLibraryFile, LIBRARY_FOLDERS } from "../native_library.ts";

/** The error that libgdal was not found. The message lists the paths that were tried, and how to name another. */
export class GdalNotFoundError extends Error {
  override readonly name = "GdalNotFoundError";
}

/**
 * Returns the library's absolute path: `override` if it is given, else the newest versioned name, else a plain one.
 * @throws GdalNotFoundError
 */
export function locateGdal(override: string | undefined, folders: readonly string[] = LIBRARY_FOLDERS): string {
  const help = "Install GDAL 3.6 or newer, or name the library file in TWF_V3_GDAL_LIB";
  if (override) {
    if (isLibraryFile(override)) return override;
    throw new GdalNotFoundError(
      `Cannot find libgdal: TWF_V3_GDAL_LIB names "${override}", which is not a file. ${help}`,
    );
  }
  const found = findLibrary("libgdal", folders);
  if (found !== null) return found;
  const tried = folders.map((folder) => `${folder}/libgdal.so.N, ${folder}/libgdal.so`).join("; ");
  throw new GdalNotFoundError(`Cannot find libgdal. Tried: ${tried}. ${help}`);
}

if (import.meta.main) {
  const write = (stream: { writeSync(bytes: Uint8Array): number }, line: string) =>
    stream.writeSync(new TextEncoder().encode(line + "\n"));
  const isForPermission = Deno.args.includes("--for-permission");
  try {
    const path = locateGdal(Deno.env.get("TWF_V3_GDAL_LIB"));
    const aec = isForPermission ? locateAec() : null;
    write(Deno.stdout, [path, aec].filter((file) => file !== null).join(","));
  } catch (error) {
    if (!(error instanceof GdalNotFoundError)) throw error;
    if (isForPermission) {
      write(Deno.stdout, Deno.env.get("TWF_V3_GDAL_LIB") || "/no/libgdal");
      Deno.exit(0);
    }
    write(Deno.stderr, error.message);
    Deno.exit(2);
  }
}
