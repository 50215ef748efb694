import type { Grid } from "../../contract/grid.ts";
import { type ModelGeometry } from "../../contract/models.ts";
import type { Wind } from "../../contract/sidecar.ts";
import type { Derivation } from "../derive/derivation.ts";
import type { MessageReader, SourceMessage } from "../derive/derive.ts";
import { turnToEarth } from "../derive/wind.ts";
import { checkWind } from "../gates/wind.ts";
import { CALM, encodeWind, windBytes } from "../wind/wind_png.ts";
import { windGrid } from "../wind/wind_grid.ts";
import { warpField, warpPlanOf } from "./warp_plan.ts";

/** The wind of a frame: its PNG, and the facts that a reader of it needs. */
export interface FrameWind {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly summary: Wind;
}

/**
 * Makes the wind of a variable that is derived from two components; null for any other variable. The components are
 * interpolated to the wind's grid and turned to true east and north there.
 * @throws GateError when the PNG does not read back as the wind
 */
export function frameWind(derivation: Derivation, read: MessageReader, model: ModelGeometry): FrameWind | null {
  if (derivation.type !== "wspd" && derivation.type !== "wdir") return null;
  const [u, v] = [read(derivation.u), read(derivation.v)];
  const known = made.get(u);
  if (known?.v === v) return known.wind;
  const wind = makeWind(u, v, model);
  made.set(u, { v, wind });
  return wind;
}

/** Winds by their first component: speed and direction of an hour are of the same decoded messages. */
const made = new WeakMap<SourceMessage, { readonly v: SourceMessage; readonly wind: FrameWind }>();

function makeWind(u: SourceMessage, v: SourceMessage, model: ModelGeometry): FrameWind {
  const grid = windGrid(model);
  const wind = windBytes(turnToEarth(onGrid(u, grid), onGrid(v, grid), u, grid));
  const bytes = encodeWind(wind);
  checkWind(bytes, wind);
  return {
    bytes,
    summary: {
      west_m: grid.westM,
      north_m: grid.northM,
      pixel_m: grid.pixelSizeM,
      width: grid.width,
      height: grid.height,
      step_m_s: wind.stepMs,
      calm: CALM,
    },
  };
}

function onGrid({ field, unit, geometry }: SourceMessage, grid: Grid) {
  if (unit !== "m s-1") throw new RangeError(`Cannot make winds of components in ${unit}: expected m s-1`);
  return warpField(field, warpPlanOf(field, geometry, grid), "continuous");
}
