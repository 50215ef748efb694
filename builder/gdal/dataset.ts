import type { GeoTransform } from "../../contract/grid.ts";
import {
  type Address,
  callForErrors,
  callForHandle,
  callForStatus,
  copyString,
  cString,
  driver,
  gdal,
  NULL,
} from "./library.ts";
import { Band } from "./band.ts";
import { type DataType, dataTypeNumber, type RasterArray, requireLength, typeOfArray } from "./data_type.ts";
import { SpatialReference } from "./spatial_reference.ts";
import { copyStringList, StringList } from "./string_list.ts";

const OPEN_RASTER_READONLY_VERBOSE = 0x02 | 0x00 | 0x40; // GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR
const WRITE = 1; // GF_Write
const READ = 0; // GF_Read

export interface OpenOptions {
  /** Short names of the drivers that may open the file. */
  readonly drivers: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
}

export interface MemoryDatasetShape {
  readonly width: number;
  readonly height: number;
  readonly bandCount: number;
  readonly type: DataType;
  /** Layout of the bands in memory, BAND by default; RGBA pixels are copied fastest into PIXEL. */
  readonly interleave?: "BAND" | "PIXEL";
  readonly geoTransform: GeoTransform;
  readonly spatialReference: SpatialReference;
}

/** A safety net below `using`: closes a dataset that its owner forgot, and prints a warning. */
const leaks = new FinalizationRegistry<{ handle: Address; path: string }>(({ handle, path }) => {
  gdal().symbols.GDALClose(handle);
  Deno.stderr.writeSync(
    new TextEncoder().encode(`warning: dataset "${path}" was not closed: declare it with "using"\n`),
  );
});

/**
 * An open raster dataset, for use in one thread, one operation at a time. `using` closes it; its bands cannot be used
 * afterwards.
 */
export class Dataset implements Disposable {
  #handle: Address;

  private constructor(handle: Address, readonly path: string) {
    this.#handle = handle;
    leaks.register(this, { handle, path }, this);
  }

  /** Opens a dataset for reading. @throws GdalError */
  static open(path: string, { drivers, options = {} }: OpenOptions): Dataset {
    using allowed = StringList.ofWords(drivers);
    using openOptions = StringList.ofOptions(options);
    const handle = callForHandle(
      "GDALOpenEx",
      path,
      (gdal) =>
        gdal.GDALOpenEx(cString(path), OPEN_RASTER_READONLY_VERBOSE, allowed.address, openOptions.address, NULL),
    );
    return new Dataset(handle, path);
  }

  /** Creates a dataset in memory whose pixels are zero. */
  static inMemory(shape: MemoryDatasetShape): Dataset {
    using options = StringList.ofOptions({ INTERLEAVE: shape.interleave ?? "BAND" });
    const handle = callForHandle("GDALCreate(MEM)", null, (gdal) =>
      gdal.GDALCreate(
        driver("MEM"),
        cString(""),
        shape.width,
        shape.height,
        shape.bandCount,
        dataTypeNumber(shape.type),
        options.address,
      ));
    const dataset = new Dataset(handle, "in memory");
    const transform = Float64Array.from(shape.geoTransform);
    try {
      callForStatus("GDALSetGeoTransform", null, (gdal) => gdal.GDALSetGeoTransform(handle, transform));
      callForStatus("GDALSetSpatialRef", null, (gdal) => gdal.GDALSetSpatialRef(handle, shape.spatialReference.handle));
    } catch (error) {
      dataset.close();
      throw error;
    }
    return dataset;
  }

  /** The handle, for the other files of this folder. @throws TypeError once the dataset is closed */
  get handle(): Address {
    if (this.#handle === NULL) throw new TypeError(`Cannot use dataset "${this.path}" after it was closed`);
    return this.#handle;
  }

  get driverName(): string {
    const { symbols } = gdal();
    return copyString(symbols.GDALGetDriverShortName(symbols.GDALGetDatasetDriver(this.handle)));
  }

  get width(): number {
    return gdal().symbols.GDALGetRasterXSize(this.handle);
  }

  get height(): number {
    return gdal().symbols.GDALGetRasterYSize(this.handle);
  }

  get bandCount(): number {
    return gdal().symbols.GDALGetRasterCount(this.handle);
  }

  /** The affine coefficients. @throws GdalError when the dataset has none */
  get geoTransform(): GeoTransform {
    const transform = new Float64Array(6);
    callForStatus("GDALGetGeoTransform", this.path, (gdal) => gdal.GDALGetGeoTransform(this.handle, transform));
    return [...transform] as unknown as GeoTransform;
  }

  /** Returns a copy of the dataset's reference system. @throws GdalError when the dataset has none */
  spatialReference(): SpatialReference {
    const borrowed = callForHandle("GDALGetSpatialRef", this.path, (gdal) => gdal.GDALGetSpatialRef(this.handle));
    return SpatialReference.copyOf(borrowed);
  }

  /** Returns a metadata item, or null. The default domain is the empty string. */
  metadataItem(name: string, domain = ""): string | null {
    const address = gdal().symbols.GDALGetMetadataItem(this.handle, cString(name), cString(domain));
    return address === NULL ? null : copyString(address);
  }

  /** Sets a metadata item of the default domain. */
  setMetadataItem(name: string, value: string): void {
    callForStatus(
      "GDALSetMetadataItem",
      this.path,
      (gdal) => gdal.GDALSetMetadataItem(this.handle, cString(name), cString(value), cString("")),
    );
  }

  metadata(domain = ""): string[] {
    return copyStringList(gdal().symbols.GDALGetMetadata(this.handle, cString(domain)));
  }

  /** Returns band `number`, counted from 1. @throws RangeError when there is no such band */
  band(number: number): Band {
    if (!Number.isInteger(number) || number < 1 || number > this.bandCount) {
      throw new RangeError(`Cannot get band ${number} of "${this.path}": it has bands 1 to ${this.bandCount}`);
    }
    const handle = callForHandle("GDALGetRasterBand", this.path, (gdal) => gdal.GDALGetRasterBand(this.handle, number));
    return new Band(handle, this);
  }

  bands(): Band[] {
    return Array.from({ length: this.bandCount }, (_, i) => this.band(i + 1));
  }

  /**
   * Reads all bands at full size into one array, pixel-interleaved (all bands of a pixel together), row 0 north.
   * @throws RangeError unless the array has width × height × bands elements
   */
  readInterleaved(into: RasterArray): void {
    this.#interleaved(READ, into);
  }

  /** Writes all bands from one pixel-interleaved array. @see readInterleaved */
  writeInterleaved(pixels: RasterArray): void {
    this.#interleaved(WRITE, pixels);
  }

  #interleaved(direction: number, pixels: RasterArray): void {
    const { width, height, bandCount } = this;
    requireLength(pixels, width * height * bandCount);
    const size = pixels.BYTES_PER_ELEMENT;
    const type = dataTypeNumber(typeOfArray(pixels));
    const bandMap = Int32Array.from({ length: bandCount }, (_, i) => i + 1);
    callForStatus("GDALDatasetRasterIO", this.path, (gdal) =>
      gdal.GDALDatasetRasterIO(
        this.handle,
        direction,
        0,
        0,
        width,
        height,
        pixels,
        width,
        height,
        type,
        bandCount,
        bandMap,
        size * bandCount,
        size * bandCount * width,
        size,
      ));
  }

  /**
   * Creates empty overviews: the caller computes them and writes them through `band(n).overview(i)`.
   * @param factors decimation factors, ascending, such as 2, 4, 8
   */
  reserveOverviews(factors: readonly number[]): void {
    const list = Int32Array.from(factors);
    callForStatus(
      "GDALBuildOverviews",
      this.path,
      (gdal) =>
        gdal.GDALBuildOverviews(this.handle, cString("NONE"), list.length, list, 0, new Uint8Array(), NULL, NULL),
    );
  }

  /** Writes a copy in another format and closes it, so that it is complete. @throws GdalError */
  copyTo(path: string, driverName: string, options: Readonly<Record<string, string>>): void {
    using creationOptions = StringList.ofOptions(options);
    const handle = callForHandle(
      `GDALCreateCopy(${driverName})`,
      path,
      (gdal) =>
        gdal.GDALCreateCopy(driver(driverName), cString(path), this.handle, 1, creationOptions.address, NULL, NULL),
    );
    new Dataset(handle, path).close();
  }

  /** Flushes and closes the dataset. @throws GdalError when the flush fails */
  close(): void {
    const handle = this.handle;
    this.#handle = NULL;
    leaks.unregister(this);
    callForErrors("GDALClose", this.path, (gdal) => gdal.GDALClose(handle));
  }

  [Symbol.dispose](): void {
    if (this.#handle !== NULL) this.close();
  }
}
