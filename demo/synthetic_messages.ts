import { type Lead, leadMinutes } from "../contract/lead.ts";
import { instant, type MessageSelector } from "../builder/grib/message_selector.ts";
import type { GribElement, GribLevel } from "../builder/grib/parameters.ts";
import type { Amounts } from "./weather/amounts.ts";
import type { Values } from "./weather/hrrr_grid.ts";
import type { SyntheticWeather } from "./weather/synthetic_weather.ts";

/** A message of a synthetic hour. */
export interface SyntheticMessage {
  readonly selector: MessageSelector;
  /** Number of decimals that survive the packing; −1 leaves tens. */
  readonly decimals: number;
  /** Values on the HRRR grid, in the unit of the element's first form in `builder/grib/parameters.ts`. */
  readonly valuesOf: (weather: SyntheticWeather, amounts: Amounts) => Values;
}

/** Products of an hour, by HRRR's names. */
export type SyntheticProduct = "sfc" | "prs";

/** Selects an accumulation since the start of the run, or over a number of hours. */
function accumulation(element: GribElement, level: GribLevel, hours: number | "run"): MessageSelector {
  return { element, level, statistic: "accumulation", windowMinutes: hours === "run" ? hours : hours * 60 };
}

function message(
  selector: MessageSelector,
  decimals: number,
  valuesOf: SyntheticMessage["valuesOf"],
): SyntheticMessage {
  return { selector, decimals, valuesOf };
}

/** Share of its depth that fresh snow keeps as it settles. */
const SETTLED_SHARE = 0.8;

/** Messages of each product, in the order of HRRR's own files. */
const MESSAGES: Readonly<Record<SyntheticProduct, readonly SyntheticMessage[]>> = {
  sfc: [
    message(instant("REFC", "entire atmosphere"), 1, ({ reflectivityDbz }) => reflectivityDbz.values),
    message(instant("VIS", "surface"), -2, ({ visibilityM }) => visibilityM.values),
    message(instant("GUST", "surface"), 1, ({ gustMs }) => gustMs.values),
    message(instant("HGT", "500 mb"), 1, ({ height500Gpm }) => height500Gpm.values),
    message(instant("TMP", "500 mb"), 2, ({ temperature500K }) => temperature500K.values),
    message(instant("MSLMA", "mean sea level"), 0, ({ seaLevelPressurePa }) => seaLevelPressurePa.values),
    message(accumulation("ASNOW", "surface", "run"), 4, (_, { snowM }) => snowM),
    message(
      instant("SNOD", "surface"),
      3,
      ({ oldSnowM }, { snowM }) => oldSnowM.values.map((old, i) => old + SETTLED_SHARE * snowM[i]!),
    ),
    message(instant("TMP", "2 m above ground"), 2, ({ temperatureK }) => temperatureK.values),
    message(instant("DPT", "2 m above ground"), 1, ({ dewPointK }) => dewPointK.values),
    message(instant("RH", "2 m above ground"), 0, ({ relativeHumidityPercent }) => relativeHumidityPercent.values),
    message(instant("UGRD", "10 m above ground"), 1, ({ windUMs }) => windUMs.values),
    message(instant("VGRD", "10 m above ground"), 1, ({ windVMs }) => windVMs.values),
    message(instant("PRATE", "surface"), 6, ({ precipitationRate }) => precipitationRate.values),
    message(accumulation("APCP", "surface", "run"), 2, (_, { precipitation }) => precipitation),
    message(accumulation("APCP", "surface", 1), 2, (_, { lastHourPrecipitation }) => lastHourPrecipitation),
    message(instant("CSNOW", "surface"), 0, ({ snow }) => snow.values),
    message(instant("CICEP", "surface"), 0, ({ icePellets }) => icePellets.values),
    message(instant("CFRZR", "surface"), 0, ({ freezingRain }) => freezingRain.values),
    message(instant("CRAIN", "surface"), 0, ({ rain }) => rain.values),
    message(instant("CAPE", "surface"), -1, ({ capeJKg }) => capeJKg.values),
    message(instant("TCDC", "entire atmosphere"), 0, ({ cloudPercent }) => cloudPercent.values),
  ],
  prs: [
    message(instant("ABSV", "500 mb"), 6, ({ vorticity500 }) => vorticity500.values),
  ],
};

export const SYNTHETIC_PRODUCTS = Object.keys(MESSAGES) as readonly SyntheticProduct[];

/** Returns the messages of one file. The file of hour 0 has no accumulations, since nothing has fallen yet. */
export function messagesIn(product: SyntheticProduct, lead: Lead): readonly SyntheticMessage[] {
  return MESSAGES[product].filter(({ selector }) => selector.statistic === "instant" || leadMinutes(lead) > 0);
}
