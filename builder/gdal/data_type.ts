/** The pixel types this project moves between GDAL and typed arrays. @see gdal.h, GDALDataType */
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

/** Sizes come from array lengths and are checked before the call: a wrong size is an error, not a crash. */
export function requireLength(array: RasterArray, expected: number): void {
  if (array.length !== expected) {
    throw new RangeError(`Cannot move ${expected} pixel values: the array holds ${array.length}`);
  }
}
