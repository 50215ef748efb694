import * as z from "zod";
import { type TileId, tileIdSchema } from "../../../contract/tile.ts";
import { BadParameterError } from "../../errors.ts";
import { parseParameters } from "../../http/parameters.ts";
import { INFO_FORMATS } from "./capabilities.ts";
import { dimensionSchema } from "./dimension.ts";
import { OwsError } from "./exception_report.ts";
import { MATRIX_SETS } from "./matrix_sets.ts";

/** Raw parameters, by their names in lower case; the parameters of REST have the same names. */
export type RawParameters = Readonly<Record<string, string | undefined>>;

const OPERATIONS = ["GetCapabilities", "GetTile", "GetFeatureInfo"] as const;
export type Operation = typeof OPERATIONS[number];

/**
 * Reads key-value pairs, whose names OGC accepts in any case. An empty value counts as missing; unknown names are
 * ignored, since clients add their own.
 * @throws BadParameterError naming a parameter that was given twice
 */
export function keyValuePairs(queries: Readonly<Record<string, readonly string[]>>): RawParameters {
  const raw: Record<string, string> = {};
  for (const [name, values] of Object.entries(queries)) {
    const key = name.toLowerCase();
    if (values.length > 1 || Object.hasOwn(raw, key)) {
      throw new BadParameterError(name, values.join(", "), "expected once");
    }
    if (values[0] !== "") raw[key] = values[0]!;
  }
  return raw;
}

/**
 * The requested operation; GetCapabilities when none is named, as when the bare address is opened.
 * @throws OwsError
 */
export function operationOf(
  { service, version, request = "GetCapabilities", acceptversions }: RawParameters,
): Operation {
  if (service !== undefined && service.toUpperCase() !== "WMTS") {
    throw new OwsError("InvalidParameterValue", "service", `Service is "${service}": expected WMTS`);
  }
  const operation = OPERATIONS.find((name) => name.toLowerCase() === request.toLowerCase());
  if (!operation) {
    throw new OwsError(
      "OperationNotSupported",
      "request",
      `Request is "${request}": expected ${OPERATIONS.join(", ")}`,
    );
  }
  if (operation === "GetCapabilities") {
    if (acceptversions !== undefined && !acceptversions.split(",").includes("1.0.0")) {
      throw new OwsError(
        "VersionNegotiationFailed",
        "acceptversions",
        `Version ${acceptversions} is not supported: expected 1.0.0`,
      );
    }
  } else if (version !== undefined && version !== "1.0.0") {
    throw new OwsError("InvalidParameterValue", "version", `Version is "${version}": expected 1.0.0`);
  }
  return operation;
}

const tileSchema = z.object({
  layer: z.string().min(1, "expected a layer of the capabilities"),
  style: z.string().optional().refine((style = "default") => style === "default", "expected default"),
  format: z.string().optional().refine((format = "image/png") => format === "image/png", "expected image/png"),
  tilematrixset: z.enum(Object.keys(MATRIX_SETS) as (keyof typeof MATRIX_SETS)[], {
    error: `expected ${Object.keys(MATRIX_SETS).join(" or ")}`,
  }),
  tilematrix: z.string(),
  tilerow: z.string(),
  tilecol: z.string(),
  time: dimensionSchema,
  reference_time: dimensionSchema,
});

export interface TileParameters extends z.infer<typeof tileSchema> {
  readonly tile: TileId;
}

/** Parses the parameters of GetTile. @throws BadParameterError or OwsError */
export function parseTileParameters(raw: RawParameters): TileParameters {
  const parameters = parseParameters(tileSchema, raw);
  const { tilematrix: z, tilecol: x, tilerow: y } = parameters;
  const parsed = tileIdSchema.safeParse({ z, x, y });
  if (parsed.success) return { ...parameters, tile: parsed.data };
  const [{ path: [axis], message }] = parsed.error.issues as [z.core.$ZodIssue];
  const locator = axis === "z" ? "TileMatrix" : axis === "x" ? "TileCol" : "TileRow";
  const isNumber = /^[0-9]+$/.test(axis === "x" ? x : y);
  const code = axis !== "z" && isNumber ? "TileOutOfRange" : "InvalidParameterValue";
  throw new OwsError(code, locator, `${locator} is "${{ z, x, y }[axis as "z" | "x" | "y"]}": ${message}`);
}

export interface PixelParameters {
  /** Column and row of the pixel in its tile. */
  readonly i: number;
  readonly j: number;
  readonly infoFormat: typeof INFO_FORMATS[number];
}

/** Parses the further parameters of GetFeatureInfo. @throws BadParameterError */
export function parsePixelParameters(raw: RawParameters, tileSizePx: number): PixelParameters {
  const expected = `expected a pixel of the tile, from 0 to ${tileSizePx - 1}`;
  const pixel = z.string().regex(/^[0-9]{1,4}$/, expected).transform(Number).refine((n) => n < tileSizePx, expected);
  const { i, j, infoformat } = parseParameters(
    z.object({
      i: pixel,
      j: pixel,
      infoformat: z.enum(INFO_FORMATS, { error: `expected ${INFO_FORMATS.join(" or ")}` }).optional(),
    }),
    raw,
  );
  return { i, j, infoFormat: infoformat ?? "application/json" };
}
