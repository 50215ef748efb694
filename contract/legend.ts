import * as z from "zod";

const hexColorSchema = z.string().regex(/^#[0-9a-f]{6}$/, "expected a colour such as #0d3d9c");

/** A colour at a value; between two stops the colour changes linearly in sRGB. */
export const gradientStopSchema = z.tuple([z.number(), hexColorSchema]);
export type GradientStop = z.infer<typeof gradientStopSchema>;

const gradientSchema = z.object({ type: z.literal("gradient"), stops: z.array(gradientStopSchema).min(2) });

/**
 * Values from the first up to but not including the second; null means unbounded on that side. A frame's values are
 * float32: compare them with the edge rounded to float32.
 */
const rangeSchema = z.tuple([z.number().nullable(), z.number().nullable()]);

const discreteSchema = z.object({
  type: z.literal("discrete"),
  /** Meaning of each class's `level`; absent in legends of older builders. */
  levels: z.enum(["lower edges", "centres"]).optional(),
  classes: z.array(z.object({
    level: z.number(),
    color: hexColorSchema,
    label: z.string(),
    /** All values of the class: a sector around north has two ranges. */
    ranges: z.array(rangeSchema).optional(),
  })).min(1),
});

const segmentedSchema = z.object({
  type: z.literal("segmented"),
  /** Units of the values in `stops`: the frame's own values are codes. */
  units: z.string().optional(),
  segments: z.array(z.object({
    label: z.string(),
    /** Lower edges of the kind's classes, in `units`, and their colours. */
    stops: z.array(gradientStopSchema).min(1),
    /** First code of each stop's colour; the last colour extends to the next segment's first code. */
    codes: z.array(z.number().int()).optional(),
  })).min(1),
});

export const legendSchema = z.discriminatedUnion("type", [gradientSchema, discreteSchema, segmentedSchema]);
export type Legend = z.infer<typeof legendSchema>;

const WANTED_TICKS = 9;

/** Returns round numbers from `min` to `max`, for the scale beside a ramp of colours. */
export function legendTicks(min: number, max: number): number[] {
  const raw = (max - min) / WANTED_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= raw)!;
  const first = Math.ceil(min / step) * step;
  // Multiplies instead of adding the step repeatedly: 0.1 + 0.2 is not a round number.
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(step)));
  const count = Math.floor((max - first) / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => Number((first + i * step).toFixed(decimals)));
}

/**
 * Lowers an edge by a rounding error: float32 and a change of units turn 1.5 in into 1.4999999, which belongs to the
 * class above the edge.
 */
export function lowerEdge(edge: number): number {
  return edge - Math.abs(edge) * 1e-6;
}
