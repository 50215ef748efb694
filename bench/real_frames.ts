import type { Grid } from "../contract/grid.ts";
import type { ForecastHour, FrameId, ModelId, RunId, VarId } from "../contract/identity.ts";
import { modelGeometry } from "../contract/models.ts";
import { derive, messagesOf } from "../builder/fields/derive.ts";
import type { Field } from "../builder/fields/field.ts";
import { buildFrame } from "../builder/frame/build_frame.ts";
import { warpField, warpPlanOf } from "../builder/frame/warp_plan.ts";
import { type FrameInput, localInput } from "../builder/frame/frame_input.ts";
import { readMessages } from "../builder/grib/read_message.ts";
import type { BuiltFrame } from "../builder/frame/build_frame.ts";
import { findModel, findVariable } from "../builder/models/registry.ts";

/** Where the real GRIB files are, unless the first argument says otherwise. */
const DEFAULT_DATA = "../shared/data";

const MODEL = findModel("hrrr" as ModelId);
const VARIABLE = findVariable(MODEL, "tmp2m" as VarId);

export const HRRR_GRIDS = modelGeometry("hrrr")!.grids;
export const DISPLAY_GRID: Grid = HRRR_GRIDS.display;
export const VALUE_GRID: Grid = HRRR_GRIDS.value;
export const TMP2M = VARIABLE;

/** HRRR 2 m temperature of 2026-01-29 17 UTC; forecast hours 0 and 1 are at hand. */
export function realFrame(fh: number): FrameId {
  return { model: MODEL.id, run: "20260129_17z" as RunId, var: VARIABLE.id, fh: fh as ForecastHour };
}

/** @throws Error when the data folder has no such file */
export function gribPath(fh: number, dataFolder = Deno.args[0] ?? DEFAULT_DATA): string {
  const path = `${dataFolder}/grib/hrrr/hrrr.20260129.t17z.f${String(fh).padStart(3, "0")}.tmp2m.grib2`;
  try {
    Deno.statSync(path);
  } catch (cause) {
    throw new Error(`Cannot find "${path}": give the folder that holds grib/hrrr/ as first argument`, { cause });
  }
  return path;
}

export async function realInput(fh: number): Promise<FrameInput> {
  return await localInput([gribPath(fh)], VARIABLE, realFrame(fh));
}

export function buildRealFrame(fh: number, input: FrameInput): BuiltFrame {
  return buildFrame(realFrame(fh), MODEL, VARIABLE, input);
}

/** The frame's values on the display grid, °F, by the steps of the builder. */
export function realDisplayField(fh: number): Field {
  const { run } = realFrame(fh);
  const [message] = messagesOf(VARIABLE.derivation, fh);
  const decoded = readMessages(gribPath(fh), [{ selector: message!, run, fh: fh as ForecastHour }])[0]!;
  const derived = derive(VARIABLE.derivation, () => decoded, { fh, units: VARIABLE.units });
  return warpField(derived.field, warpPlanOf(derived.field, decoded.geometry, DISPLAY_GRID), VARIABLE.kind);
}
