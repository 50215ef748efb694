/** GDAL's error classes. @see cpl_error.h, CPLErr */
const CLASS_NAMES = ["none", "debug", "warning", "failure", "fatal"] as const;
export type GdalErrorClass = typeof CLASS_NAMES[number];

export function errorClass(number: number): GdalErrorClass {
  return CLASS_NAMES[number] ?? "failure";
}

/** The error of a failed GDAL function: the function, GDAL's own class, number and message, and the file, if any. */
export class GdalError extends Error {
  override readonly name = "GdalError";

  constructor(
    readonly call: string,
    readonly errorClass: GdalErrorClass,
    readonly number: number,
    readonly gdalMessage: string,
    readonly path: string | null,
  ) {
    const about = path === null ? "" : ` for "${path}"`;
    super(`${call} failed${about}: ${gdalMessage || "GDAL gave no reason"}`);
  }
}

/** The error that libgdal does not load, is too old, or lacks a driver. */
export class GdalUnusableError extends Error {
  override readonly name = "GdalUnusableError";
}
