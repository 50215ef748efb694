/**
 * A field on a raster grid: row-major, `width * height` values, row 0 north, NaN is missing. Units are those of the
 * step it belongs to, and stand in the names or docs of that step.
 */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** @throws RangeError when the array does not fill the shape */
export function field(width: number, height: number, values: Float32Array<ArrayBuffer>): Field {
  if (values.length !== width * height) {
    throw new RangeError(`Cannot shape ${values.length} values as ${width} × ${height}`);
  }
  return { width, height, values };
}

/** @throws RangeError unless all fields have the shape of the first */
export function requireSameShape(first: Field, ...others: readonly Field[]): void {
  for (const { width, height } of others) {
    if (width !== first.width || height !== first.height) {
      throw new RangeError(
        `Cannot combine fields of ${first.width} × ${first.height} and ${width} × ${height}: they are on two grids`,
      );
    }
  }
}
