import { type ForecastHour, type FrameId, type RunId, validTime, type VarId } from "../../contract/identity.ts";
import { syntheticWeather } from "../../builder/demo/synthetic_weather.ts";
import { writeWeatherGrib } from "../../builder/demo/write_grib.ts";
import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { findVariable } from "../../builder/models/registry.ts";
import { publishFrame } from "../../builder/publish/publish_frame.ts";
import { stageFrame } from "../../builder/publish/stage_frame.ts";

export const RUN = "20260217_06z" as RunId;
export const VARIABLE = "tmp2m" as VarId;

export function frameId(fh: number, variable: string = VARIABLE): FrameId {
  return { model: hrrr.id, run: RUN, var: variable as VarId, fh: fh as ForecastHour };
}

export interface PublishedRoot extends AsyncDisposable {
  readonly dataRoot: string;
  readonly hours: readonly number[];
}

/** A data root in a temporary folder with frames of a synthetic run, built and published as the builder does it. */
export async function publishedRoot(
  hours: readonly number[],
  variables: readonly string[] = [VARIABLE],
): Promise<PublishedRoot> {
  const folder = await Deno.makeTempDir({ prefix: "twf-test-" });
  const dataRoot = `${folder}/data`;
  for (const fh of hours) {
    const path = `${folder}/fh${fh}.grib2`;
    const { run, fh: hour } = frameId(fh);
    await Deno.writeFile(path, writeWeatherGrib(syntheticWeather(validTime(run, hour)), run, hour).grib);
    for (const id of variables) {
      const frame = frameId(fh, id);
      const variable = findVariable(hrrr, id);
      await stageFrame(dataRoot, buildFrame(frame, hrrr, variable, await localInput([path], variable, frame)));
      await publishFrame(dataRoot, hrrr, frame);
    }
  }
  return { dataRoot, hours, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}
