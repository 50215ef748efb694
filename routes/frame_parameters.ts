import { z } from "zod";
import { frameVersionSchema } from "../contract/frame_version.ts";
import { forecastHourTextSchema, modelIdSchema, runIdSchema, varIdSchema } from "../contract/identity.ts";
import { runOrLatestSchema } from "../contract/api.ts";
import { BadParameterError } from "../server/errors.ts";

/** Path parameters that more than one family of URLs has. */

export const frameParameters = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  fh: forecastHourTextSchema,
  /** In the query. */
  v: frameVersionSchema.optional(),
});

export const modelParameters = z.object({ model: modelIdSchema });
export const runParameters = modelParameters.extend({ run: runOrLatestSchema });
export const pinnedRunParameters = modelParameters.extend({ run: runIdSchema });
export const pinnedVariableParameters = pinnedRunParameters.extend({ var: varIdSchema });
export const variableParameters = runParameters.extend({ var: varIdSchema });
export const frameOrLatestParameters = variableParameters.extend({
  fh: forecastHourTextSchema,
  v: frameVersionSchema.optional(),
});

/**
 * The version in the query of a frame's URL, which may hold nothing else: every other spelling of an address would be an
 * entry of its own in the caches in front.
 * @throws BadParameterError
 */
export function versionIn(request: Request): string | undefined {
  const query = queryOf(request);
  if (query === "") return undefined;
  if (!/^v=[^&]*$/.test(query)) throw unknownIn(query, "a frame's URL takes v, its version, and nothing else");
  return query.slice("v=".length);
}

/** @throws BadParameterError where an address that takes no parameters is given one */
export function requireNoQuery(request: Request): void {
  const query = queryOf(request);
  if (query !== "") throw unknownIn(query, "this address takes no parameters");
}

/** What the query of a tile's URL asks for. */
export interface TileQuery {
  readonly v: string | undefined;
  /** `empty=png`: a picture also where there is nothing, for clients that take no 204. */
  readonly isEmptyPng: boolean;
}

/** Like `versionIn`, of a tile: `v`, and then `empty=png`. @throws BadParameterError */
export function tileQueryIn(request: Request): TileQuery {
  const query = queryOf(request);
  if (query === "") return { v: undefined, isEmptyPng: false };
  const match = TILE_QUERY.exec(query);
  if (!match) throw unknownIn(query, "a tile's URL takes v, its version, then empty=png, and nothing else");
  const [, v, empty] = match;
  return { v, isEmptyPng: v === undefined || empty !== undefined };
}

/** What is not a version is for the version's own schema to refuse. */
const TILE_QUERY = /^(?:v=([^&]*)(&empty=png)?|empty=png)$/;

function queryOf(request: Request): string {
  const at = request.url.indexOf("?");
  return at === -1 ? "" : request.url.slice(at + 1);
}

function unknownIn(query: string, expected: string): BadParameterError {
  const [name = ""] = query.replace(/^v=[^&]*&(?=.)/, "").split(/[=&]/);
  return new BadParameterError(decodedOrRaw(name), query, expected);
}

function decodedOrRaw(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it is not what a browser would have written
  }
}
