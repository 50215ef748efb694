/**
 * A field on a raster grid: row-major, `width * height` values, row 0 north, NaN is missing. The unit depends on the
 * processing step; names or comments of that step give it.
 */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** Returns a field with these values. @throws RangeError unless there are `width * height` values */
export function field(width: number, height: number, values: Float32Array<ArrayBuffer>): Field {
  if (values.length !== width * height) {
    throw new RangeError(`Cannot shape ${values.length} values as ${width} × ${height}`);
  }
  return { width, height, values };
}

/** Checks that all fields have the same width and height. @throws RangeError when they do not */
export function requireSameShape(first: Field, ...others: readonly Field[]): void {
  for (const { width, height } of others) {
    if (width !== first.width || height !== first.height) {
      throw new RangeError(
        `Cannot combine fields of ${first.width} × ${first.height} and ${width} × ${height}: their grids differ`,
      );
    }
  }
}
