import * as z from "zod";

const longitudeSchema = z.number().min(-180).max(180);
const latitudeSchema = z.number().min(-90).max(90);

export const regionSchema = z.object({
  label: z.string().min(1),
  bbox: z.tuple([longitudeSchema, latitudeSchema, longitudeSchema, latitudeSchema])
    .refine(([west, south, east, north]) => west < east && south < north, "expected [west, south, east, north]"),
  defaultCenter: z.tuple([longitudeSchema, latitudeSchema]),
  defaultZoom: z.number().min(0).max(14),
  minZoom: z.number().min(0).max(14).optional(),
  maxZoom: z.number().min(0).max(14).optional(),
});
/** A view preset. It moves the view and never changes a run, a variable, a frame or a URL. */
export type Region = z.infer<typeof regionSchema>;

export const regionsSchema = z.record(z.string().regex(/^[a-z][a-z0-9_]{1,15}$/), regionSchema);
export type Regions = z.infer<typeof regionsSchema>;
