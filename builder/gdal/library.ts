import { clearGdalEnvironment } from "./environment.ts";
import { locateGdal } from "./locate.ts";
import { errorClass, GdalError, GdalUnusableError } from "./errors.ts";
import { type GdalSymbols, SYMBOLS } from "./symbols.ts";

/** An address in native memory: of a GDAL handle, a string or a list. */
export type Address = bigint;
export const NULL: Address = 0n;

const MINIMUM_VERSION = { major: 3, minor: 6 };
const NEEDED_DRIVERS = ["GRIB", "COG", "GTiff", "MEM", "GeoJSON"] as const;

/** GDAL's global options, set when the library is opened. Workers would not see thread-local options. */
const CONFIGURATION: Readonly<Record<string, string>> = {
  // Values stay in the message's units; `field/units.ts` is the only place that converts units.
  GRIB_NORMALIZE_UNITS: "NO",
  // Columns stay in the message's order: section 3 of the message gives the longitude of a global grid's first column.
  GRIB_ADJUST_LONGITUDE_RANGE: "NO",
  // Workers run one job each in parallel; more threads in a Worker would only oversubscribe the cores.
  GDAL_NUM_THREADS: "1",
  // GDAL writes no .aux.xml files beside inputs or artifacts.
  GDAL_PAM_ENABLED: "NO",
  // GDAL does not list the folder of each file that it opens.
  GDAL_DISABLE_READDIR_ON_OPEN: "EMPTY_DIR",
  // Block cache in MB. GRIB bands are decoded once; a large cache would only take more memory in each process.
  GDAL_CACHEMAX: "64",
  // Errors are thrown with GDAL's message; the default handler would print the message as well.
  CPL_LOG: "/dev/null",
  CPL_DEBUG: "OFF",
};

export interface GdalLibrary {
  readonly symbols: GdalSymbols;
  readonly path: string;
  /** Release name, such as `3.6.2`. */
  readonly version: string;
}

let library: GdalLibrary | null = null;

/**
 * Returns the library, which is opened at the first call in each thread and never closed. The main thread calls this
 * before it starts Workers, so that drivers are registered once.
 * @throws GdalNotFoundError when there is no libgdal
 * @throws GdalUnusableError when libgdal does not load, is older than 3.6 or lacks a driver
 */
export function gdal(): GdalLibrary {
  library ??= openGdal(locateGdal(Deno.env.get("TWF_V3_GDAL_LIB")));
  return library;
}

export function openGdal(path: string): GdalLibrary {
  clearGdalEnvironment();
  const symbols = load(path);
  const version = copyString(symbols.GDALVersionInfo(cString("RELEASE_NAME")), symbols);
  requireVersion(version, path);
  for (const [name, value] of Object.entries(CONFIGURATION)) symbols.CPLSetConfigOption(cString(name), cString(value));
  symbols.GDALAllRegister();
  requireDrivers(symbols, version, path);
  return { symbols, path, version };
}

function load(path: string): GdalSymbols {
  try {
    return Deno.dlopen(path, SYMBOLS).symbols;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GdalUnusableError(
      `Cannot load libgdal from "${path}": ${reason}. Name another file in TWF_V3_GDAL_LIB`,
      { cause },
    );
  }
}

/** Checks the release. @throws GdalUnusableError when the release is older than 3.6 */
export function requireVersion(version: string, path: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const { major: needMajor, minor: needMinor } = MINIMUM_VERSION;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new GdalUnusableError(
    `Cannot use GDAL ${version} from "${path}": ${needMajor}.${needMinor} or newer is required`,
  );
}

function requireDrivers(symbols: GdalSymbols, version: string, path: string): void {
  const missing = NEEDED_DRIVERS.filter((name) => symbols.GDALGetDriverByName(cString(name)) === NULL);
  if (missing.length === 0) return;
  throw new GdalUnusableError(
    `Cannot use GDAL ${version} from "${path}": it was built without the driver${missing.length > 1 ? "s" : ""} ` +
      `${missing.join(", ")}`,
  );
}

/** Returns a NUL-terminated UTF-8 copy, to be passed directly as an argument. @throws TypeError for text with a NUL */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError("Cannot pass a string with a NUL to GDAL");
  return new TextEncoder().encode(text + "\0");
}

const MAX_STRING_BYTES = 1 << 20;

/** Copies a NUL-terminated string, before its owner can free it. NULL is read as the empty string. */
export function copyString(address: Address, symbols: GdalSymbols = gdal().symbols): string {
  if (address === NULL) return "";
  return new TextDecoder().decode(
    copyBytes(address, Number(symbols.strnlen(address, BigInt(MAX_STRING_BYTES))), symbols),
  );
}

/** Copies `length` bytes of native memory. */
export function copyBytes(
  address: Address,
  length: number,
  symbols: GdalSymbols = gdal().symbols,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  if (length > 0) symbols.memcpy(bytes, address, BigInt(length));
  return bytes;
}

/** Calls a function that returns a handle. @throws GdalError when the handle is NULL */
export function callForHandle(call: string, path: string | null, invoke: (gdal: GdalSymbols) => Address): Address {
  const { symbols } = gdal();
  symbols.CPLErrorReset();
  const handle = invoke(symbols);
  if (handle === NULL) throw lastError(call, path);
  return handle;
}

/** Calls a function that returns CPLErr or OGRErr. @throws GdalError for failures, not for warnings */
export function callForStatus(call: string, path: string | null, invoke: (gdal: GdalSymbols) => number): void {
  const { symbols } = gdal();
  symbols.CPLErrorReset();
  const status = invoke(symbols);
  // CPLErr: 0 none, 1 debug, 2 warning, 3 failure. OGRErr: 0 none, 1…9 failures, and 2 is "not enough memory". So for
  // a status of 1 or 2 the class of the last error decides whether it is a warning.
  if (status === 0) return;
  if (status <= 2 && errorClass(symbols.CPLGetLastErrorType()) === "warning") return;
  throw lastError(call, path);
}

/**
 * Calls a function that returns nothing, and checks the last error: GDALClose sets it when a flush fails.
 * @throws GdalError for failures, not for warnings
 */
export function callForErrors(call: string, path: string | null, invoke: (gdal: GdalSymbols) => void): void {
  const { symbols } = gdal();
  symbols.CPLErrorReset();
  invoke(symbols);
  const type = errorClass(symbols.CPLGetLastErrorType());
  if (type === "failure" || type === "fatal") throw lastError(call, path);
}

function lastError(call: string, path: string | null): GdalError {
  const { symbols } = gdal();
  const error = new GdalError(
    call,
    errorClass(symbols.CPLGetLastErrorType()),
    symbols.CPLGetLastErrorNo(),
    copyString(symbols.CPLGetLastErrorMsg()),
    path,
  );
  symbols.CPLErrorReset();
  return error;
}

/** Returns the handle of a driver. @throws GdalError when this build does not have the driver */
export function driver(name: string): Address {
  return callForHandle(`GDALGetDriverByName(${name})`, null, (gdal) => gdal.GDALGetDriverByName(cString(name)));
}
