import type { ForecastHour, ModelId, RunId, VarId } from "../../contract/identity.ts";
import { cycleTime } from "../../contract/identity.ts";
import { NWS_TEMPERATURE_F } from "../style/palettes.ts";
import type { Model } from "./model.ts";

/** High-Resolution Rapid Refresh, CONUS 3 km. @see https://www.nco.ncep.noaa.gov/pmb/products/hrrr/ */
export const hrrr: Model = {
  id: "hrrr" as ModelId,
  sourceGrid: { width: 1799, height: 1059 },
  fillsCoverage: false,
  forecastHours(run: RunId): readonly ForecastHour[] {
    const last = cycleTime(run).getUTCHours() % 6 === 0 ? 48 : 18;
    return Array.from({ length: last + 1 }, (_, fh) => fh as ForecastHour);
  },
  layouts: [
    {
      product: "sfc",
      validFrom: "2014-07-30",
      validTo: null,
      template: "hrrr.{YYYYMMDD}/conus/hrrr.t{HH}z.wrfsfcf{FF}.grib2",
    },
  ],
  sources: [
    { id: "aws", baseUrl: "https://noaa-hrrr-bdp-pds.s3.amazonaws.com/" },
    { id: "google", baseUrl: "https://storage.googleapis.com/high-resolution-rapid-refresh/" },
    { id: "azure", baseUrl: "https://noaahrrr.blob.core.windows.net/hrrr/", validFrom: "2021-03-21" },
    { id: "nomads", baseUrl: "https://nomads.ncep.noaa.gov/pub/data/nccf/com/hrrr/prod/" },
  ],
  variables: [
    {
      id: "tmp2m" as VarId,
      name: "2 m temperature",
      group: "Temperature",
      units: "°F",
      kind: "continuous",
      precision: 1,
      product: "sfc",
      derivation: {
        type: "simple",
        message: { element: "TMP", level: "2 m above ground", statistic: "instant" },
        from: "K",
        to: "°F",
      },
      palette: NWS_TEMPERATURE_F,
      primary: true,
    },
  ],
};
