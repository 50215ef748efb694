import { type RunId, validTime } from "../contract/identity.ts";
import type { Lead } from "../contract/lead.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { writeFileAtomically } from "../builder/disk/atomic_write.ts";
import { remoteFile } from "../builder/sources/layout.ts";
import { answerJobs } from "../builder/operations/worker_pool.ts";
import { SYNTHETIC_PRODUCTS } from "./synthetic_messages.ts";
import { syntheticWeather } from "./weather/synthetic_weather.ts";
import { writeWeatherGrib } from "./write_grib.ts";

/** The files and inventories of one hour to be written to a bucket's folder. */
export interface SynthesizeJob {
  readonly folder: string;
  readonly run: RunId;
  readonly lead: Lead;
}

answerJobs(async ({ folder, run, lead }: SynthesizeJob): Promise<void> => {
  const weather = syntheticWeather(validTime(run, lead));
  for (const product of SYNTHETIC_PRODUCTS) {
    const { grib, idx } = writeWeatherGrib(weather, run, lead, product);
    const file = remoteFile(hrrr.layouts, product, run, lead);
    await writeFileAtomically(`${folder}/${file.path}`, grib);
    await writeFileAtomically(`${folder}/${file.indexPath}`, new TextEncoder().encode(idx));
  }
});
