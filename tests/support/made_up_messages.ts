import { type RunId, validTime } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import { amountsOf } from "../../demo/weather/amounts.ts";
import { messagesIn } from "../../demo/synthetic_messages.ts";
import { syntheticWeather } from "../../demo/weather/synthetic_weather.ts";
import { writeMessage } from "../../demo/write_message.ts";
import { wantedMessages } from "../../builder/frame/frame_input.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { selectorName } from "../../builder/grib/message_selector.ts";
import { findVariable } from "../../builder/models/registry.ts";

/**
 * Returns the messages that HRRR variables are made from, of a synthetic hour, in the order of HRRR's file. Writing all
 * messages of the file would take seconds.
 * @param weatherHour the hour whose weather the messages contain
 */
export function madeUpMessages(
  run: RunId,
  hour: Lead,
  variables: readonly string[],
  weatherHour = hour,
): Uint8Array<ArrayBuffer>[] {
  const wanted = variables.flatMap((id) => wantedMessages(findVariable(hrrr, id), hour))
    .map(({ selector }) => selectorName(selector));
  const weather = syntheticWeather(validTime(run, weatherHour));
  const amounts = amountsOf(run, hour);
  return messagesIn("sfc", hour).filter(({ selector }) => wanted.includes(selectorName(selector)))
    .map(({ selector, decimals, valuesOf }) =>
      writeMessage({ selector, decimals, values: valuesOf(weather, amounts) }, run, hour)
    );
}
