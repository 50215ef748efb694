import type { ForecastHour, RunId } from "../contract/identity.ts";
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
  fh: ForecastHour,
  product: SyntheticProduct = "sfc",
): SyntheticGrib {
  const amounts = amountsOf(run, fh);
  const written = messagesIn(product, fh).map(({ selector, decimals, valuesOf }) => ({
    selector,
    bytes: writeMessage({ selector, decimals, values: valuesOf(weather, amounts) }, run, fh),
  }));
  const grib = new Uint8Array(written.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const date = run.slice(0, 8) + run.slice(9, 11);
  let offset = 0;
  let idx = "";
  written.forEach(({ selector, bytes }, i) => {
    grib.set(bytes, offset);
    idx += `${i + 1}:${offset}:d=${date}:${selector.element}:${selector.level}:${timeWords(selector, fh)}:\n`;
    offset += bytes.length;
  });
  return { grib, idx };
}

/** Words a message's time as wgrib2 does: a window of whole days in days. */
export function timeWords(selector: MessageSelector, fh: ForecastHour): string {
  if (selector.statistic === "instant") return fh === 0 ? "anl" : `${fh} hour fcst`;
  const { startHour, endHour } = selectorWindow(selector, fh);
  const start = startHour ?? endHour;
  const isDays = start % 24 === 0 && endHour % 24 === 0;
  return isDays ? `${start / 24}-${endHour / 24} day acc fcst` : `${start}-${endHour} hour acc fcst`;
}
