import { findLibrary } from "../../native_library.ts";

/** The absolute path of libaec, or null. Debian's libgdal brings it along, by way of HDF5. */
export function locateAec(): string | null {
  return findLibrary("libaec");
}
