import type { RunId } from "../contract/identity.ts";
import type { Lead } from "../contract/lead.ts";
import { type MessageSelector, selectorWindow } from "../builder/grib/message_selector.ts";
import { amountsOf } from "./weather/amounts.ts";
import { messagesIn, type SyntheticProduct } from "./synthetic_messages.ts";
import type { SyntheticWeather } from "./weather/synthetic_weather.ts";
import { writeMessage } from "./write_message.ts";

/** A GRIB2 file and its inventory. */
export interface SyntheticGrib {
  readonly grib: Uint8Array<ArrayBuffer>;
  readonly idx: string;
}

/**
 * Writes a product's file of an hour of weather as NCEP would, with the accumulations since the start of the run, but
 * without an originating centre: by that, everything made from the file is labelled synthetic.
 */
export function writeWeatherGrib(
  weather: SyntheticWeather,
  run: RunId,
  lead: Lead,
  product: SyntheticProduct = "sfc",
): SyntheticGrib {
  const amounts = amountsOf(run, lead);
  const written = messagesIn(product, lead).map(({ selector, decimals, valuesOf }) => ({
    selector,
    bytes: writeMessage({ selector, decimals, values: valuesOf(weather, amounts) }, run, lead),
  }));
  const grib = new Uint8Array(written.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const date = run.slice(0, 8) + run.slice(9, 11);
  let offset = 0;
  let idx = "";
  written.forEach(({ selector, bytes }, i) => {
    grib.set(bytes, offset);
    idx += `${i + 1}:${offset}:d=${date}:${selector.element}:${selector.level}:${timeWords(selector, lead)}:\n`;
    offset += bytes.length;
  });
  return { grib, idx };
}

/** Words a message's time as wgrib2 does: a window of whole days in days. */
export function timeWords(selector: MessageSelector, lead: Lead): string {
  const { startMinutes, endMinutes } = selectorWindow(selector, lead);
  const start = startMinutes ?? endMinutes;
  const isWhole = (minutes: number) => start % minutes === 0 && endMinutes % minutes === 0;
  const [unit, minutes] = isWhole(60) ? ["hour", 60] as const : ["min", 1] as const;
  if (selector.statistic === "instant") return endMinutes === 0 ? "anl" : `${endMinutes / minutes} ${unit} fcst`;
  if (isWhole(24 * 60)) return `${start / 1440}-${endMinutes / 1440} day acc fcst`;
  return `${start / minutes}-${endMinutes / minutes} ${unit} acc fcst`;
}
