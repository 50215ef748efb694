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
  const at = request.url.indexOf("?");
  if (at === -1) return undefined;
  const query = request.url.slice(at + 1);
  if (query === "") return undefined;
  if (!query.startsWith("v=")) {
    const [name = ""] = query.split(/[=&]/);
    throw new BadParameterError(decodedOrRaw(name), query, "a frame's URL takes v, its version, and nothing else");
  }
  return query.slice("v=".length);
}

function decodedOrRaw(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it is not what a browser would have written
  }
}
