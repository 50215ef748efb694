import { type ForecastHour, type RunId, validTime } from "../../contract/identity.ts";
import { hrrr } from "../models/hrrr.ts";
import { writeFileAtomically } from "../publish/atomic_write.ts";
import { remoteFile } from "../sources/layout.ts";
import { answerJobs } from "../worker_pool.ts";
import { syntheticWeather } from "./synthetic_weather.ts";
import { writeWeatherGrib } from "./write_grib.ts";

/** One hour's file and its inventory, put into a bucket's folder. */
export interface SynthesizeJob {
  readonly folder: string;
  readonly run: RunId;
  readonly fh: ForecastHour;
}

answerJobs(async ({ folder, run, fh }: SynthesizeJob): Promise<void> => {
  const { grib, idx } = writeWeatherGrib(syntheticWeather(validTime(run, fh)), run, fh);
  const path = `${folder}/${remoteFile(hrrr.layouts, "sfc", run, fh).path}`;
  await writeFileAtomically(path, grib);
  await writeFileAtomically(`${path}.idx`, new TextEncoder().encode(idx));
});
