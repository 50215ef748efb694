import * as z from "zod";

const hexColorSchema = z.string().regex(/^#[0-9a-f]{6}$/, "expected a colour such as #0d3d9c");

/** A colour at a value; between two stops the colour changes linearly in sRGB. */
export const gradientStopSchema = z.tuple([z.number(), hexColorSchema]);
export type GradientStop = z.infer<typeof gradientStopSchema>;

const gradientSchema = z.object({ type: z.literal("gradient"), stops: z.array(gradientStopSchema).min(2) });

const discreteSchema = z.object({
  type: z.literal("discrete"),
  classes: z.array(z.object({ level: z.number(), color: hexColorSchema, label: z.string() })).min(1),
});

const segmentedSchema = z.object({
  type: z.literal("segmented"),
  segments: z.array(z.object({ label: z.string(), stops: z.array(gradientStopSchema).min(1) })).min(1),
});

export const legendSchema = z.discriminatedUnion("type", [gradientSchema, discreteSchema, segmentedSchema]);
export type Legend = z.infer<typeof legendSchema>;
