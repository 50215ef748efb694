import type { Rgb } from "../../builder/style/palette.ts";
import { deltaE, lab } from "./color_difference.ts";

export const VISIONS = ["normal", "protan", "deutan", "tritan"] as const;
export type Vision = typeof VISIONS[number];

/**
 * Full-severity simulation, rows of a matrix on linear RGB.
 * @see Machado, Oliveira, Fernandes 2009, doi:10.1109/TVCG.2009.113
 */
const MATRICES: Readonly<Record<Exclude<Vision, "normal">, readonly (readonly [number, number, number])[]>> = {
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** Returns a colour as a person with that vision sees it, in sRGB. */
export function asSeen(rgb: Rgb, vision: Vision): Rgb {
  if (vision === "normal") return rgb;
  const light = rgb.map(toLinear);
  return MATRICES[vision].map((row) =>
    fromLinear(row.reduce((sum, weight, i) => sum + weight * light[i]!, 0))
  ) as unknown as Rgb;
}

/** Returns ΔE between two colours in a vision. */
export function difference(a: Rgb, b: Rgb, vision: Vision): number {
  return deltaE(lab(asSeen(a, vision)), lab(asSeen(b, vision)));
}

function toLinear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function fromLinear(light: number): number {
  const share = Math.min(Math.max(light, 0), 1);
  return 255 * (share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055);
}
