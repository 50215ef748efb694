import type { Grid } from "../contract/grid.ts";
import type { FrameId, ModelId, RunId, VarId } from "../contract/identity.ts";
import { leadOfHours } from "../contract/lead.ts";
import { modelGeometry } from "../contract/models.ts";
import { derive, messagesOf } from "../builder/derive/derive.ts";
import type { Field } from "../builder/field/field.ts";
import { buildFrame, type BuiltFrame } from "../builder/frame/build_frame.ts";
import { type FrameInput, localInput } from "../builder/frame/frame_input.ts";
import { warpField, warpPlanOf } from "../builder/frame/warp_plan.ts";
import { readMessages } from "../builder/grib/read_message.ts";
import type { Variable } from "../builder/models/model.ts";
import { findModel, findVariable } from "../builder/models/registry.ts";
import { moved, withNumber } from "../tests/support/real_bucket.ts";

/** Folder of the real GRIB files, unless the first argument names another. */
const DEFAULT_DATA = "../shared/data";

const MODEL = findModel("hrrr" as ModelId);

export const HRRR_GRID: Grid = modelGeometry("hrrr")!.grid;
export const TMP2M: Variable = findVariable(MODEL, "tmp2m" as VarId);

/** Returns the frame of HRRR's 2 m temperature of 2026-01-29 17 UTC; forecast hours 0 and 1 have files. */
export function realFrame(hour: number): FrameId {
  return { model: MODEL.id, run: "20260129_17z" as RunId, var: TMP2M.id, lead: leadOfHours(hour) };
}

/** @throws Error when the data folder has no such file */
export function gribPath(hour: number, field = "tmp2m", day = "20260129.t17z"): string {
  const name = `hrrr.${day}.f${String(hour).padStart(3, "0")}.${field}.grib2`;
  const path = `${Deno.args[0] ?? DEFAULT_DATA}/grib/hrrr/${name}`;
  try {
    Deno.statSync(path);
  } catch (cause) {
    throw new Error(`Cannot find "${path}": give the folder that holds grib/hrrr/ as first argument`, { cause });
  }
  return path;
}

export async function realInput(hour: number): Promise<FrameInput> {
  return await localInput([gribPath(hour)], TMP2M, realFrame(hour));
}

export function buildRealFrame(hour: number, input: FrameInput): BuiltFrame {
  return buildFrame(realFrame(hour), MODEL, TMP2M, input);
}

/** Returns the frame's values on the display grid in °F, computed by the builder's steps. */
export function realDisplayField(hour: number): Field {
  return displayFieldOf(gribPath(hour), hour);
}

/** Returns a simple variable of a file of HRRR's of 2026-01-29 17 UTC as `realDisplayField` does. */
export function displayFieldOf(path: string, hour: number, variable: Variable = TMP2M): Field {
  const { run, lead } = realFrame(hour);
  const [message] = messagesOf(variable.derivation, lead);
  const decoded = readMessages(path, [{ selector: message!, run, lead }])[0]!;
  const derived = derive(variable.derivation, () => decoded, { lead, units: variable.units });
  return warpField(derived.field, warpPlanOf(derived.field, decoded.geometry, HRRR_GRID), variable.kind);
}

/** A frame to measure: its identity and one GRIB file for each message, in the order of its derivation's messages. */
export interface BenchFrame {
  readonly frame: FrameId;
  readonly variable: Variable;
  readonly files: readonly string[];
}

/**
 * Returns frames of HRRR from real messages. Two messages are substitutes that cost as much as the real ones: the 2 m
 * temperature of hour 6 is hour 1's, and the second wind component has the first component's bytes under the second's
 * parameter number.
 */
export async function benchFrames(folder: string): Promise<BenchFrame[]> {
  const of = (id: string, run: string, hour: number, files: readonly string[]): BenchFrame => ({
    frame: { model: MODEL.id, run: run as RunId, var: id as VarId, lead: leadOfHours(hour) },
    variable: findVariable(MODEL, id as VarId),
    files,
  });
  const u = gribPath(1, "ugrd10m", "20230722.t06z");
  const v = `${folder}/vgrd10m.grib2`;
  await Deno.writeFile(v, withNumber(await Deno.readFile(u), 3));
  const temperature = `${folder}/tmp2m.f006.grib2`;
  await Deno.writeFile(temperature, moved(await Deno.readFile(gribPath(1)), "20260129_17z" as RunId, 6));
  const masks = ["crain", "csnow", "cicep", "cfrzr"].map((mask) => gribPath(6, mask));
  return [
    of("tmp2m", "20260129_17z", 1, [gribPath(1)]),
    of("wspd10m", "20230722_06z", 1, [u, v]),
    of("radar_ptype", "20260129_17z", 6, [gribPath(6, "refc"), ...masks, gribPath(6, "prate"), temperature]),
  ];
}
