import { type Address, callForHandle, callForStatus, copyString, cString, gdal, NULL } from "./library.ts";
import { dataTypeNumber, type RasterArray, requireLength, typeOfArray } from "./data_type.ts";
import { copyStringList } from "./string_list.ts";

const READ = 0; // GF_Read
const WRITE = 1; // GF_Write

/** @see gdal.h, GDALColorInterp */
const COLOR_INTERPRETATIONS = ["Undefined", "Gray", "Palette", "Red", "Green", "Blue", "Alpha"] as const;
export type ColorInterpretation = typeof COLOR_INTERPRETATIONS[number];

/** The part of a dataset that its bands use. */
interface Owner {
  readonly path: string;
  /** @throws TypeError once the dataset is closed */
  readonly handle: Address;
}

/** A band or an overview. It belongs to its dataset, keeps the dataset alive, and throws once the dataset is closed. */
export class Band {
  #handle: Address;
  #dataset: Owner;

  constructor(handle: Address, dataset: Owner) {
    this.#handle = handle;
    this.#dataset = dataset;
  }

  get handle(): Address {
    void this.#dataset.handle; // throws once the dataset is closed
    return this.#handle;
  }

  get width(): number {
    return gdal().symbols.GDALGetRasterBandXSize(this.handle);
  }

  get height(): number {
    return gdal().symbols.GDALGetRasterBandYSize(this.handle);
  }

  /** GDAL's name of the stored type: `Byte`, `Float32` … */
  get dataType(): string {
    const { symbols } = gdal();
    return copyString(symbols.GDALGetDataTypeName(symbols.GDALGetRasterDataType(this.handle)));
  }

  get blockSize(): { width: number; height: number } {
    const width = new Int32Array(1);
    const height = new Int32Array(1);
    gdal().symbols.GDALGetBlockSize(this.handle, width, height);
    return { width: width[0]!, height: height[0]! };
  }

  /** The nodata value, which may be NaN, or null when none is set. */
  get noData(): number | null {
    const isSet = new Int32Array(1);
    const value = gdal().symbols.GDALGetRasterNoDataValue(this.handle, isSet);
    return isSet[0] ? value : null;
  }

  setNoData(value: number): void {
    callForStatus(
      "GDALSetRasterNoDataValue",
      this.#dataset.path,
      (gdal) => gdal.GDALSetRasterNoDataValue(this.handle, value),
    );
  }

  /** The band's name; empty when it has none. */
  get description(): string {
    return copyString(gdal().symbols.GDALGetDescription(this.handle));
  }

  setDescription(description: string): void {
    gdal().symbols.GDALSetDescription(this.handle, cString(description));
  }

  /** The unit of the band's values; empty when none is set. */
  get units(): string {
    return copyString(gdal().symbols.GDALGetRasterUnitType(this.handle));
  }

  setUnits(units: string): void {
    callForStatus(
      "GDALSetRasterUnitType",
      this.#dataset.path,
      (gdal) => gdal.GDALSetRasterUnitType(this.handle, cString(units)),
    );
  }

  get colorInterpretation(): ColorInterpretation {
    return COLOR_INTERPRETATIONS[gdal().symbols.GDALGetRasterColorInterpretation(this.handle)] ?? "Undefined";
  }

  setColorInterpretation(name: ColorInterpretation): void {
    const number = COLOR_INTERPRETATIONS.indexOf(name);
    callForStatus(
      "GDALSetRasterColorInterpretation",
      this.#dataset.path,
      (gdal) => gdal.GDALSetRasterColorInterpretation(this.handle, number),
    );
  }

  /** Returns a metadata item of the default domain, or null. */
  metadataItem(name: string): string | null {
    const address = gdal().symbols.GDALGetMetadataItem(this.handle, cString(name), cString(""));
    return address === NULL ? null : copyString(address);
  }

  metadata(): string[] {
    return copyStringList(gdal().symbols.GDALGetMetadata(this.handle, cString("")));
  }

  setMetadataItem(name: string, value: string): void {
    callForStatus(
      "GDALSetMetadataItem",
      this.#dataset.path,
      (gdal) => gdal.GDALSetMetadataItem(this.handle, cString(name), cString(value), cString("")),
    );
  }

  get overviewCount(): number {
    return gdal().symbols.GDALGetOverviewCount(this.handle);
  }

  /** Returns overview `index`, counted from 0, finest first. @throws RangeError when there is no such overview */
  overview(index: number): Band {
    if (index < 0 || index >= this.overviewCount) {
      throw new RangeError(`Cannot get overview ${index}: the band has ${this.overviewCount}`);
    }
    const handle = callForHandle(
      "GDALGetOverview",
      this.#dataset.path,
      (gdal) => gdal.GDALGetOverview(this.handle, index),
    );
    return new Band(handle, this.#dataset);
  }

  /** Reads the whole band, row by row, row 0 north. GDAL converts the values to the array's type. */
  read<T extends RasterArray>(into: T): T {
    this.#transfer(READ, into, 1, 0);
    return into;
  }

  write(pixels: RasterArray): void {
    this.#transfer(WRITE, pixels, 1, 0);
  }

  /**
   * Writes this band from a pixel-interleaved array.
   * @param stride elements per pixel
   * @param offset index of this band's element within each pixel
   */
  writeStrided(pixels: Uint8Array<ArrayBuffer>, stride: number, offset: number): void {
    this.#transfer(WRITE, pixels, stride, offset);
  }

  #transfer(direction: number, pixels: RasterArray, stride: number, offset: number): void {
    const { width, height } = this;
    requireLength(pixels, width * height * stride);
    const size = pixels.BYTES_PER_ELEMENT;
    const view = offset === 0 ? pixels : pixels.subarray(offset) as RasterArray;
    callForStatus("GDALRasterIO", this.#dataset.path, (gdal) =>
      gdal.GDALRasterIO(
        this.handle,
        direction,
        0,
        0,
        width,
        height,
        view,
        width,
        height,
        dataTypeNumber(typeOfArray(pixels)),
        size * stride,
        size * stride * width,
      ));
  }
}
