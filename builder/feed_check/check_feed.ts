import { frameId, type RunId, type VarId } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import type { Sidecar } from "../../contract/sidecar.ts";
import { buildFrame, makeDecoder } from "../frame/build_frame.ts";
import { fetchInputs, type FetchOptions, planVariable } from "../frame/frame_input.ts";
import { GateError } from "../gates/gate_error.ts";
import { GdalError } from "../gdal/errors.ts";
import { BadGribError } from "../grib/messages.ts";
import type { Model, Variable } from "../models/model.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";

/** Result of the check of one variable. */
export interface VariableCheck {
  readonly id: VarId;
  /** The problem; null when the variable agrees with the model's table. */
  readonly problem: string | null;
  /** Messages that the frame was made from, and the range of its values: for a person to judge. */
  readonly messages: readonly string[];
  readonly range: string | null;
}

/** A forecast hour of a model, as a source has it. */
export interface CheckedHour extends FetchOptions {
  readonly model: Model;
  readonly run: RunId;
  readonly lead: Lead;
  readonly variables: readonly Variable[];
}

/**
 * Runs the acquisition check. Each variable's messages must be found in the index, fetched and decoded, be on the
 * model's grid and in plausible units (the gates know the limits of nature), and make a frame that passes its gates.
 * Nothing is published.
 */
export async function checkHour(hour: CheckedHour): Promise<VariableCheck[]> {
  const { model, run, lead, variables } = hour;
  const inputs = await fetchInputs(
    model,
    variables.map((variable) => planVariable(variable, lead)),
    { run, lead },
    hour,
  );
  const decoder = makeDecoder(model, { run, lead });
  return variables.map((variable): VariableCheck => {
    const { id } = variable;
    const failed = (problem: string): VariableCheck => ({ id, problem, messages: [], range: null });
    const input = inputs.get(id)!;
    if (input instanceof AllSourcesFailedError) return failed(input.message);
    try {
      const { sidecar } = buildFrame(frameId(model, run, id, lead), model, variable, input, decoder);
      const { source } = sidecar;
      return { id, problem: null, messages: source.grib_messages, range: rangeOf(sidecar) };
    } catch (error) {
      if (!isFinding(error)) throw error;
      return failed(error.message);
    }
  });
}

/** Describes the values of a frame: their range, or the shares of a discrete variable's classes. */
function rangeOf({ stats, units }: Sidecar): string {
  if ("min" in stats) return `${short(stats.min)} to ${short(stats.max)} ${units}`;
  return stats.classes.map(({ label, share }) => `${label} ${short(share * 100)} %`).join(", ");
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}

/** Whether an error is a problem of the file; any other error is a bug in this program. */
function isFinding(error: unknown): error is Error {
  return [BadGribError, GateError, GdalError, RangeError].some((type) => error instanceof type);
}
