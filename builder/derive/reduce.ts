import type { Kind } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";

/**
 * Shrinks a field for an overview.
 *
 * A cell of the smaller grid covers a box of source pixels. For continuous fields its value is the mean of the valid
 * pixels; for discrete fields it is the pixel at the box's centre. For both, the cell is missing exactly when the pixel
 * at the centre is missing: validity is never averaged, and a missing neighbour never changes a value or darkens an
 * edge.
 * @param drawnFrom the lowest value that is drawn, if not all are: the mean is then that of the drawn pixels where the
 * centre is drawn, and of the others where it is not, so that a shower is not diluted by the dry land around it
 * @throws RangeError for a size that is larger than the source or below 1 × 1
 */
export function reduceField(
  source: Field,
  width: number,
  height: number,
  kind: Kind,
  drawnFrom = -Infinity,
): Field {
  if (width > source.width || height > source.height || width < 1 || height < 1) {
    throw new RangeError(`Cannot reduce ${source.width} × ${source.height} to ${width} × ${height}`);
  }
  const values = new Float32Array(width * height);
  const columns = boxes(source.width, width);
  const rows = boxes(source.height, height);
  for (let row = 0; row < height; row++) {
    const centreRow = rows.centres[row]!;
    if (kind === "continuous") {
      const band = { start: rows.starts[row]!, end: rows.starts[row + 1]!, centre: centreRow };
      meansOfRow(source, band, columns, values, row * width, drawnFrom);
    } else centresOfRow(source, centreRow, columns, values, row * width);
  }
  return { width, height, values };
}

/** The source pixels of each cell along one axis. */
interface Boxes {
  /** The first source pixel of each cell, and the end of the last cell. */
  readonly starts: Int32Array;
  readonly centres: Int32Array;
}

/**
 * Returns the source pixels of each cell along one axis. An overview spans the whole extent for its readers. When the
 * size does not divide evenly, cells are therefore a fraction of a pixel narrower, and box edges are rounded.
 */
function boxes(sourceSize: number, size: number): Boxes {
  const ratio = sourceSize / size;
  return {
    starts: Int32Array.from({ length: size + 1 }, (_, i) => Math.round(i * ratio)),
    centres: Int32Array.from({ length: size }, (_, i) => Math.floor((i + 0.5) * ratio)),
  };
}

function meansOfRow(
  { values, width }: Field,
  row: { readonly start: number; readonly end: number; readonly centre: number },
  { starts, centres }: Boxes,
  into: Float32Array,
  offset: number,
  drawnFrom: number,
): void {
  const centreRow = row.centre * width;
  for (let i = 0; i < centres.length; i++) {
    const own = values[centreRow + centres[i]!]!;
    if (Number.isNaN(own)) {
      into[offset + i] = NaN;
      continue;
    }
    const isDrawn = own >= drawnFrom;
    const low = isDrawn ? drawnFrom : -Infinity;
    const high = isDrawn ? Infinity : drawnFrom;
    const start = starts[i]!;
    const size = starts[i + 1]! - start;
    let sum = 0;
    let count = 0;
    for (let y = row.start; y < row.end; y++) {
      const from = y * width + start;
      for (let at = from; at < from + size; at++) {
        const value = values[at]!;
        if (value >= low && value < high) { // false for NaN
          sum += value;
          count++;
        }
      }
    }
    into[offset + i] = sum / count;
  }
}

function centresOfRow(
  { values, width }: Field,
  centreRow: number,
  { centres }: Boxes,
  into: Float32Array,
  offset: number,
): void {
  for (let i = 0; i < centres.length; i++) into[offset + i] = values[centreRow * width + centres[i]!]!;
}
