import { type Address, callForHandle, callForStatus, copyString, cString, gdal, NULL } from "./library.ts";
import { dataTypeNumber, type RasterArray, requireLength, typeOfArray } from "./data_type.ts";
import { copyStringList } from "./string_list.ts";

const READ = 0; // GF_Read
const WRITE = 1; // GF_Write

/** @see gdal.h, GDALColorInterp */
const COLOR_INTERPRETATIONS = ["Undefined", "Gray", "Palette", "Red", "Green", "Blue", "Alpha"] as const;
export type ColorInterpretation = typeof COLOR_INTERPRETATIONS[number];

/** A part of a band, in its pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

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

  /** Returns a metadata item, or null. The default domain is the empty string. */
  metadataItem(name: string, domain = ""): string | null {
    const address = gdal().symbols.GDALGetMetadataItem(this.handle, cString(name), cString(domain));
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

  /**
   * Returns where a GeoTIFF has a block of this band, or null for a block that the file leaves out.
   * @param column @param row of the block, counted in blocks
   */
  blockPlace(column: number, row: number): { readonly start: number; readonly length: number } | null {
    const [start, length] = ["BLOCK_OFFSET", "BLOCK_SIZE"].map((item) =>
      this.metadataItem(`${item}_${column}_${row}`, "TIFF")
    );
    return start === null || length === null ? null : { start: Number(start), length: Number(length) };
  }

  /**
   * Reads the band, row by row, row 0 north. GDAL converts the values to the array's type.
   * @param window the part to read; the whole band by default
   */
  read<T extends RasterArray>(into: T, window: Window = this.#wholeBand): T {
    this.#transfer(READ, into, 1, 0, window);
    return into;
  }

  get #wholeBand(): Window {
    return { left: 0, top: 0, width: this.width, height: this.height };
  }

  write(pixels: RasterArray): void {
    this.#transfer(WRITE, pixels, 1, 0, this.#wholeBand);
  }

  /**
   * Writes this band from a pixel-interleaved array.
   * @param stride elements per pixel
   * @param offset index of this band's element within each pixel
   */
  writeStrided(pixels: Uint8Array<ArrayBuffer>, stride: number, offset: number): void {
    this.#transfer(WRITE, pixels, stride, offset, this.#wholeBand);
  }

  #transfer(
    direction: number,
    pixels: RasterArray,
    stride: number,
    offset: number,
    { left, top, width, height }: Window,
  ): void {
    requireLength(pixels, width * height * stride);
    const size = pixels.BYTES_PER_ELEMENT;
    const view = offset === 0 ? pixels : pixels.subarray(offset) as RasterArray;
    callForStatus("GDALRasterIO", this.#dataset.path, (gdal) =>
      gdal.GDALRasterIO(
        this.handle,
        direction,
        left,
        top,
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
