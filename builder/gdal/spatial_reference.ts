import { type Address, callForHandle, callForStatus, copyString, cString, gdal, NULL } from "./library.ts";

const TRADITIONAL_GIS_ORDER = 0; // OAMS_TRADITIONAL_GIS_ORDER: x is east and y is north, in every reference system

/** A coordinate reference system, freed by `using`. */
export class SpatialReference implements Disposable {
  #handle: Address;

  private constructor(handle: Address) {
    this.#handle = handle;
    gdal().symbols.OSRSetAxisMappingStrategy(handle, TRADITIONAL_GIS_ORDER);
  }

  /** Reads any definition that GDAL accepts: `EPSG:3857`, a PROJ string, WKT. @throws GdalError */
  static parse(definition: string): SpatialReference {
    const handle = callForHandle(
      "OSRNewSpatialReference",
      null,
      (gdal) => gdal.OSRNewSpatialReference(new Uint8Array()),
    );
    try {
      callForStatus("OSRSetFromUserInput", definition, (gdal) => gdal.OSRSetFromUserInput(handle, cString(definition)));
    } catch (error) {
      gdal().symbols.OSRDestroySpatialReference(handle);
      throw error;
    }
    return new SpatialReference(handle);
  }

  /** Copies a reference system that a dataset owns. */
  static copyOf(borrowed: Address): SpatialReference {
    return new SpatialReference(callForHandle("OSRClone", null, (gdal) => gdal.OSRClone(borrowed)));
  }

  get handle(): Address {
    if (this.#handle === NULL) throw new TypeError("Cannot use a spatial reference after it was disposed");
    return this.#handle;
  }

  isSame(other: SpatialReference): boolean {
    return gdal().symbols.OSRIsSame(this.handle, other.handle) === 1;
  }

  toWkt(): string {
    return this.#export("OSRExportToWkt");
  }

  toProj4(): string {
    return this.#export("OSRExportToProj4");
  }

  #export(call: "OSRExportToWkt" | "OSRExportToProj4"): string {
    const out = new BigUint64Array(1);
    callForStatus(call, null, (gdal) => gdal[call](this.handle, out));
    const text = copyString(out[0]!);
    gdal().symbols.VSIFree(out[0]!);
    return text;
  }

  [Symbol.dispose](): void {
    if (this.#handle === NULL) return;
    gdal().symbols.OSRDestroySpatialReference(this.#handle);
    this.#handle = NULL;
  }
}
