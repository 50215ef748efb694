import type { Model, Variable } from "./model.ts";
import { ecmwf } from "./ecmwf.ts";
import { gfs } from "./gfs.ts";
import { hrrr } from "./hrrr.ts";
import { nam } from "./nam.ts";
import { rrfs } from "./rrfs.ts";

/** All models, in the order that a reader of US weather prefers. */
export const MODELS: readonly Model[] = [hrrr, rrfs, gfs, ecmwf, nam];

/** A name from outside that is not in the tables. The message lists the known names. */
export class UnknownNameError extends Error {
  override readonly name = "UnknownNameError";
}

/** @throws UnknownNameError */
export function findModel(id: string): Model {
  const model = MODELS.find((model) => model.id === id);
  if (!model) {
    throw new UnknownNameError(`Unknown model "${id}": this builder knows ${MODELS.map((m) => m.id).join(", ")}`);
  }
  return model;
}

/** @throws UnknownNameError */
export function findVariable(model: Model, id: string): Variable {
  const variable = model.variables.find((variable) => variable.id === id);
  if (!variable) {
    const known = model.variables.map((v) => v.id).join(", ");
    throw new UnknownNameError(`Unknown variable "${id}" of ${model.id}: it has ${known}`);
  }
  return variable;
}
