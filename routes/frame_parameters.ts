import { z } from "zod";
import { frameVersionSchema } from "../contract/frame_version.ts";
import { forecastHourTextSchema, modelIdSchema, runIdSchema, varIdSchema } from "../contract/identity.ts";
import { runOrLatestSchema } from "../contract/api.ts";

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
