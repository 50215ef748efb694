import { findLibrary } from "../../native_library.ts";

/** Returns the absolute path of libaec, or null. Debian's libgdal depends on libaec through HDF5. */
export function locateAec(): string | null {
  return findLibrary("libaec");
}
