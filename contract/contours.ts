import * as z from "zod";

/** Name of a set of contours in URLs and sidecars. */
export const contourKeySchema = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "expected a contour key such as iso32f");

const positionSchema = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

const contourFeatureSchema = z.object({
  type: z.literal("Feature"),
  properties: z.object({
    key: contourKeySchema,
    /** Value along the contour, in `units`. */
    level: z.number(),
    units: z.string(),
  }),
  geometry: z.object({ type: z.literal("LineString"), coordinates: z.array(positionSchema).min(2) }),
});
export type ContourFeature = z.infer<typeof contourFeatureSchema>;

/** Contours in WGS 84. @see RFC 7946 */
export const contourCollectionSchema = z.object({
  type: z.literal("FeatureCollection"),
  features: z.array(contourFeatureSchema),
});
export type ContourCollection = z.infer<typeof contourCollectionSchema>;
