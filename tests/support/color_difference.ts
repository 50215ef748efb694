import type { Rgb } from "../../builder/style/palette.ts";

/** A colour in CIE 1976 L*a*b*, white point D65. */
export type Lab = readonly [number, number, number];

const WHITE_XYZ = [0.95047, 1, 1.08883] as const;

/** Converts sRGB to L*a*b*. @see IEC 61966-2-1; CIE 15:2004 */
export function lab(rgb: Rgb): Lab {
  const [r, g, b] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const x = 0.4124564 * r + 0.3575761 * g + 0.1804375 * b;
  const y = 0.2126729 * r + 0.7151522 * g + 0.072175 * b;
  const z = 0.0193339 * r + 0.119192 * g + 0.9503041 * b;
  const [fx, fy, fz] = [x, y, z].map((value, i) => cubeRoot(value / WHITE_XYZ[i]!)) as [number, number, number];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function cubeRoot(share: number): number {
  return share > (6 / 29) ** 3 ? Math.cbrt(share) : share / (3 * (6 / 29) ** 2) + 4 / 29;
}

/** Returns ΔE*ab (CIE76): a difference of about 2 is just visible side by side, 5 is visible at once. */
export function deltaE([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  return Math.hypot(l1 - l2, a1 - a2, b1 - b2);
}
