import type { ClassShare } from "../../contract/sidecar.ts";
import { type Palette, toHex } from "./palette.ts";
import { TRANSPARENT } from "./palette_numbers.ts";

/**
 * Computes the shares of a discrete variable's classes among its valid cells, in the order of the legend, first the
 * cells that are not drawn. Classes without a cell are left out.
 * @param uses number of cells with each palette number
 * @param validCells cells with a value
 */
export function classShares(uses: Uint32Array, palette: Palette, validCells: number): ClassShare[] {
  const drawn = uses.reduce((sum, pixels, number) => number === TRANSPARENT ? sum : sum + pixels, 0);
  const undrawn = validCells - drawn;
  const byLabel = new Map<string, number>();
  if (palette.undrawn) byLabel.set(palette.undrawn.label, undrawn);
  classLabels(palette).forEach((label, entry) => {
    byLabel.set(label, (byLabel.get(label) ?? 0) + uses[entry + 1]!);
  });
  return [...byLabel].filter(([, cells]) => cells > 0).map(([label, cells]) => ({ label, share: cells / validCells }));
}

/** Returns the legend's label of each entry of a palette. */
function classLabels({ colors, legend }: Palette): string[] {
  switch (legend.type) {
    case "segmented":
      return legend.segments.flatMap(({ label, stops }) => stops.map(() => label));
    case "discrete":
      return colors.map((rgb) => legend.classes.find(({ color }) => color === toHex(rgb))!.label);
    case "gradient":
      throw new RangeError("A smooth palette has no classes");
  }
}
