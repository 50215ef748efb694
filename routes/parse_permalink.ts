import * as z from "zod";
import { modelIdSchema, runIdSchema, varIdSchema } from "../contract/identity.ts";
import { frameTextSchema } from "../contract/lead.ts";
import type { Permalink } from "../islands/viewer/state/permalink.ts";

const degrees = (limit: number) =>
  z.string().regex(/^-?[0-9]{1,3}(\.[0-9]{1,6})?$/).transform(Number).refine((value) => Math.abs(value) <= limit);

const pointSchema = z.string().transform((text) => text.split(",")).pipe(z.tuple([degrees(90), degrees(180)]))
  .transform(([latDeg, lonDeg]) => ({ latDeg, lonDeg }));

const wholeFrom = (least: number, most: number) =>
  z.string().regex(/^[0-9]{1,3}$/).transform(Number).refine((value) => value >= least && value <= most);

const flagSchema = z.enum(["0", "1"]).transform((text) => text === "1");

const PART_SCHEMAS = {
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  fh: frameTextSchema,
  /** `45.6,-120.8,6.25`: latitude, longitude, zoom. */
  at: z.string().transform((text) => text.split(",")).pipe(
    z.tuple([degrees(90), degrees(180), z.string().regex(/^[0-9]{1,2}(\.[0-9]{1,2})?$/).transform(Number)]),
  ).transform(([latDeg, lonDeg, zoom]) => ({ latDeg, lonDeg, zoom })),
  region: z.string().regex(/^[a-z][a-z0-9_]{1,15}$/),
  pin: pointSchema,
  lines: flagSchema,
  values: flagSchema,
  /** Opacity of the weather layer, in per cent. */
  opacity: wholeFrom(10, 100),
  compare: z.enum(["side", "swipe"]),
  /** Position of the divider between the maps, in per cent of the width. */
  swipe: wholeFrom(2, 98),
  model2: modelIdSchema,
  run2: runIdSchema,
  var2: varIdSchema,
  fh2: frameTextSchema,
} satisfies Record<keyof Permalink, z.ZodType>;

type Parsed = { readonly [Name in keyof typeof PART_SCHEMAS]?: z.infer<typeof PART_SCHEMAS[Name]> };

/** Reads the query of an address. Parts that make no sense are left out. */
export function parsePermalink(query: string): Permalink {
  const given = new URLSearchParams(query);
  const read: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(PART_SCHEMAS)) {
    const parsed = schema.safeParse(given.get(name) ?? undefined);
    if (parsed.success) read[name] = parsed.data;
  }
  return read as Parsed;
}
