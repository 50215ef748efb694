import type { ClassShare } from "../../contract/sidecar.ts";
import { type Palette, toHex } from "./palette.ts";
import { type NumberedImage, TRANSPARENT } from "./palette_numbers.ts";

/**
 * Computes the shares of a discrete variable's classes among its valid cells, in the order of the legend, first the
 * cells that are not drawn. Classes without a cell are left out.
 * @param validCells cells with a value
 */
export function classShares({ numbers }: NumberedImage, palette: Palette, validCells: number): ClassShare[] {
  const counts = new Uint32Array(palette.colors.length + 1);
  for (let i = 0; i < numbers.length; i++) counts[numbers[i]!] = counts[numbers[i]!]! + 1;
  const undrawn = validCells - (numbers.length - counts[TRANSPARENT]!);
  const byLabel = new Map<string, number>();
  if (palette.undrawn) byLabel.set(palette.undrawn.label, undrawn);
  classLabels(palette).forEach((label, entry) => {
    byLabel.set(label, (byLabel.get(label) ?? 0) + counts[entry + 1]!);
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
