import { type Grid, modelGrid } from "../../contract/grid.ts";
import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { artifactPath } from "../../contract/paths.ts";
import { pyramidRowGroupCount, ROW_ENTRY_BYTES, ROW_FOOTER_BYTES } from "../../contract/row_index.ts";
import { field } from "../../builder/field/field.ts";
import { tempDir } from "./temp_dir.ts";
import { valueCogBytes } from "./value_cog_bytes.ts";

/** A grid of 600 × 520 cells of 1 km: two blocks across and two down. */
export const VALUE_GRID: Grid = modelGrid({ westM: 0, southM: 0, eastM: 600_000, northM: 520_000 }, 1000, 1);

/** Returns the value of a cell of the file: its row and column are its digits. Column 7 has no value. */
export function numberedValue(column: number, row: number): number {
  return column === 7 ? NaN : row * 1000 + column;
}

type ValueAt = (column: number, row: number) => number;

export interface ValueCogFile extends AsyncDisposable {
  readonly path: string;
  /** Writes the file again, with other values. */
  rewrite(valueAt: ValueAt): Promise<void>;
}

/** Writes a value COG on the grid, as the builder does or as it was before files had a row index. */
export async function valueCogFile(index: "with row index" | "without row index"): Promise<ValueCogFile> {
  const folder = await tempDir();
  const path = `${folder.path}/values.tif`;
  const rewrite = async (valueAt: ValueAt) => {
    const bytes = valueCog(VALUE_GRID, valueAt);
    await Deno.writeFile(path, index === "with row index" ? bytes : bytes.slice(0, -rowIndexBytes(VALUE_GRID)));
  };
  await rewrite(numberedValue);
  return { path, rewrite, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** Replaces the values of a published frame, whose sidecar stays as it is. */
export async function replaceValues(dataRoot: string, frame: FrameId, valueAt: ValueAt): Promise<void> {
  const path = `${dataRoot}/${artifactPath("published", frame, "values")}`;
  await Deno.writeFile(path, valueCog(modelGeometry(frame.model)!.grid, valueAt));
}

function valueCog(grid: Grid, valueAt: ValueAt): Uint8Array<ArrayBuffer> {
  const { width, height } = grid;
  const values = Float32Array.from({ length: width * height }, (_, i) => valueAt(i % width, Math.floor(i / width)));
  return valueCogBytes(field(width, height, values), grid);
}

/** Size in bytes of the row index of a file on the grid. */
export function rowIndexBytes(grid: Grid): number {
  return pyramidRowGroupCount(grid) * ROW_ENTRY_BYTES + ROW_FOOTER_BYTES;
}
