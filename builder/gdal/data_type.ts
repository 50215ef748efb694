/** The pixel types that are copied between GDAL and typed arrays. @see gdal.h, GDALDataType */
const NUMBERS = { Byte: 1, Float32: 6, Float64: 7 } as const;
export type DataType = keyof typeof NUMBERS;

export type RasterArray = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export function dataTypeNumber(type: DataType): number {
  return NUMBERS[type];
}

export function typeOfArray(array: RasterArray): DataType {
  if (array instanceof Uint8Array) return "Byte";
  return array instanceof Float32Array ? "Float32" : "Float64";
}

/** Checks an array's length before a call of GDAL, so that a wrong size is an error and not a crash. */
export function requireLength(array: RasterArray, expected: number): void {
  if (array.length !== expected) {
    throw new RangeError(`Cannot move ${expected} pixel values: the array holds ${array.length}`);
  }
}
