import { rootsBelow } from "../../contract/paths.ts";
import type { FrameId, RunId } from "../../contract/identity.ts";
import { type Lead, leadOfHours, leadText } from "../../contract/lead.ts";
import { concatenate } from "../../builder/concatenate.ts";
import { buildFrame, type BuiltFrame } from "../../builder/frame/build_frame.ts";
import { type FrameInput, localInput } from "../../builder/frame/frame_input.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { findVariable } from "../../builder/models/registry.ts";
import type { Model } from "../../builder/models/model.ts";
import type { PromotionRules } from "../../builder/publish/latest_pointer.ts";
import { promotionRules } from "../../builder/publish/validate_run.ts";
import { publishFrame } from "../../builder/publish/publish_frame.ts";
import { stageBuilt } from "./built_frames.ts";
import { madeUpMessages } from "./made_up_messages.ts";
import { runId, varId } from "./identity.ts";

export const RUN = runId("20260217_06z");
export const VARIABLE = varId("tmp2m");

export function frameId(hour: number, variable: string = VARIABLE): FrameId {
  return { model: hrrr.id, run: RUN, var: varId(variable), lead: leadOfHours(hour) };
}

export interface PublishedRoot extends AsyncDisposable {
  readonly dataRoot: string;
  readonly hours: readonly number[];
}

/** Makes a data root in a temporary folder with frames of a synthetic run, built and published as the builder does. */
export async function publishedRoot(
  hours: readonly number[],
  variables: readonly string[] = [VARIABLE],
): Promise<PublishedRoot> {
  const folder = await Deno.makeTempDir({ prefix: "twf-test-" });
  const dataRoot = `${folder}/data`;
  for (const hour of hours) await publishHour(dataRoot, RUN, hour, variables);
  return { dataRoot, hours, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

/** Returns promotion rules under which a run is promoted as soon as it is fit, however full the disk is. */
export function showing(model: Model, dataRoot: string): PromotionRules {
  return promotionRules(model.id, true, { roots: rootsBelow(dataRoot), minFreeBytes: 0 });
}

/**
 * Builds and publishes frames of one synthetic hour.
 * @param weatherHour the hour whose weather the frames show: another hour's weather gives other bytes
 */
export async function publishHour(
  dataRoot: string,
  run: RunId,
  hour: number,
  variables: readonly string[] = [VARIABLE],
  weatherHour = hour,
): Promise<void> {
  for (const id of variables) await publishMadeUp(dataRoot, { ...frameId(hour, id), run }, leadOfHours(weatherHour));
}

/** Builds and publishes a synthetic frame, which may be between whole hours. */
export async function publishMadeUp(dataRoot: string, frame: FrameId, weather: Lead = frame.lead): Promise<void> {
  const roots = rootsBelow(dataRoot);
  await stageBuilt(roots, frame, `weather-${leadText(weather)}`, () => buildHour(frame, weather));
  await publishFrame(roots, hrrr, frame, showing(hrrr, dataRoot));
}

/** Builds and stages a frame of one synthetic hour. */
export async function stageHour(dataRoot: string, hour: number): Promise<void> {
  const frame = frameId(hour);
  await stageBuilt(rootsBelow(dataRoot), frame, `weather-${hour}`, () => buildHour(frame, frame.lead));
}

async function buildHour(frame: FrameId, weatherHour: Lead): Promise<BuiltFrame> {
  await using input = await syntheticInput(frame, weatherHour);
  return buildFrame(frame, hrrr, findVariable(hrrr, frame.var), input.input);
}

/** Returns the input for a frame of a synthetic hour, in a temporary file. */
export async function syntheticInput(
  frame: FrameId,
  weatherHour = frame.lead,
): Promise<AsyncDisposable & { readonly input: FrameInput }> {
  const path = await Deno.makeTempFile({ prefix: "twf-test-", suffix: ".grib2" });
  await Deno.writeFile(path, concatenate(madeUpMessages(frame.run, frame.lead, [frame.var], weatherHour)));
  const input = await localInput([path], findVariable(hrrr, frame.var), frame);
  return { input, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
