import { z } from "zod";
import { frameVersionSchema } from "../contract/frame_version.ts";
import { modelIdSchema, runIdSchema, varIdSchema } from "../contract/identity.ts";
import { leadTextSchema } from "../contract/lead.ts";
import { runOrLatestSchema } from "../contract/api.ts";
import { BadParameterError } from "../server/errors.ts";

/** Path parameters that several families of URLs share. */

export const frameParameters = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  fh: leadTextSchema,
  /** The version, from the query. */
  v: frameVersionSchema.optional(),
}).transform(({ fh: lead, ...rest }) => ({ ...rest, lead }));

export const modelParameters = z.object({ model: modelIdSchema });
export const runParameters = modelParameters.extend({ run: runOrLatestSchema });
export const pinnedRunParameters = modelParameters.extend({ run: runIdSchema });
export const pinnedVariableParameters = pinnedRunParameters.extend({ var: varIdSchema });
export const variableParameters = runParameters.extend({ var: varIdSchema });
export const frameOrLatestParameters = variableParameters.extend({
  fh: leadTextSchema,
  v: frameVersionSchema.optional(),
});

/**
 * Returns the version in the query of a frame's URL. The query may hold nothing else: every other spelling of a URL
 * would be a separate entry in the caches in front of the server.
 * @throws BadParameterError
 */
export function versionIn(request: Request): string | undefined {
  const query = queryOf(request);
  if (query === "") return undefined;
  if (!/^v=[^&]*$/.test(query)) throw unknownIn(query, "a frame's URL takes only the parameter v, its version");
  return query.slice("v=".length);
}

/**
 * Checks that the query is empty.
 * @throws BadParameterError when a URL without parameters is given one
 */
export function requireNoQuery(request: Request): void {
  const query = queryOf(request);
  if (query !== "") throw unknownIn(query, "this address takes no parameters");
}

/** The parameters in the query of a tile's URL. */
export interface TileQuery {
  readonly v: string | undefined;
  /** Whether a tile without data is answered with an image (`empty=png`), for clients that do not accept 204. */
  readonly isEmptyPng: boolean;
}

/** Returns the query of a tile's URL, like `versionIn`: `v`, and then `empty=png`. @throws BadParameterError */
export function tileQueryIn(request: Request): TileQuery {
  const query = queryOf(request);
  if (query === "") return { v: undefined, isEmptyPng: false };
  const match = TILE_QUERY.exec(query);
  if (!match) throw unknownIn(query, "a tile's URL takes only the parameters v, its version, and then empty=png");
  const [, v, empty] = match;
  return { v, isEmptyPng: v === undefined || empty !== undefined };
}

/** The forms of a tile's query; the schema of versions refuses a malformed `v`. */
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
    return text; // malformed percent-encoding, which no browser sends
  }
}
