import { type ForecastHour, frameId, type RunId, type VarId } from "../../contract/identity.ts";
import { buildFrame, makeDecoder } from "../frame/build_frame.ts";
import { fetchInputs, type FetchOptions } from "../frame/frame_input.ts";
import { GateError } from "../gates/gate_error.ts";
import { GdalError } from "../gdal/errors.ts";
import { BadGribError } from "../grib/messages.ts";
import type { Model, Variable } from "../models/model.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";

/** What was found of one variable. */
export interface VariableCheck {
  readonly id: VarId;
  /** Null when all is as the table says. */
  readonly problem: string | null;
  /** The messages it was made from, and the range of its values: for a person to look at. */
  readonly messages: readonly string[];
  readonly range: { readonly min: number; readonly max: number; readonly units: string } | null;
}

/** One forecast hour of a model, as a source has it. */
export interface CheckedHour extends FetchOptions {
  readonly model: Model;
  readonly run: RunId;
  readonly fh: ForecastHour;
  readonly variables: readonly Variable[];
}

/**
 * The acquisition check: each variable's messages are found in the index, fetched, decoded, on the model's grid, in units
 * that make sense (the gates know what nature can do), and make a frame that passes its gates. Nothing is published.
 */
export async function checkHour(hour: CheckedHour): Promise<VariableCheck[]> {
  const { model, run, fh, variables } = hour;
  const inputs = await fetchInputs(model, variables, { run, fh }, hour);
  const decoder = makeDecoder(model, { run, fh });
  return variables.map((variable): VariableCheck => {
    const { id } = variable;
    const failed = (problem: string): VariableCheck => ({ id, problem, messages: [], range: null });
    const input = inputs.get(id)!;
    if (input instanceof AllSourcesFailedError) return failed(input.message);
    try {
      const { sidecar } = buildFrame(frameId(model, run, id, fh), model, variable, input, decoder);
      const { stats: { min, max }, units, source } = sidecar;
      return { id, problem: null, messages: source.grib_messages, range: { min, max, units } };
    } catch (error) {
      if (!isFinding(error)) throw error;
      return failed(error.message);
    }
  });
}

/** What a file can be wrong about; anything else is a fault of ours. */
function isFinding(error: unknown): error is Error {
  return [BadGribError, GateError, GdalError, RangeError].some((type) => error instanceof type);
}
