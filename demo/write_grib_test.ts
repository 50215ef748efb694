import assert from "node:assert/strict";
import { type ForecastHour, type RunId, validTime } from "../contract/identity.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { relativeHumidity } from "../builder/derive/humidity.ts";
import { wantedMessages } from "../builder/frame/frame_input.ts";
import { fieldHeaders } from "../builder/grib/field_header.ts";
import { readMessages, whyMissing } from "../builder/grib/read_message.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { instant, type MessageSelector } from "../builder/grib/message_selector.ts";
import { parseIdx } from "../builder/sources/idx.ts";
import { amountsOf } from "./weather/amounts.ts";
import { messagesIn, SYNTHETIC_PRODUCTS } from "./synthetic_messages.ts";
import { syntheticWeather } from "./weather/synthetic_weather.ts";
import { timeWords, writeWeatherGrib } from "./write_grib.ts";

const RUN = "20260218_00z" as RunId;
const HOURS = [0, 1, 2] as ForecastHour[];

Deno.test("writeWeatherGrib() writes every message of HRRR's table, with values that survive the packing and are consistent", async () => {
  await using folder = await tempDir();
  const pathOf = (product: string, fh: number) => `${folder.path}/${product}${fh}.grib2`;
  for (const fh of HOURS) {
    const weather = syntheticWeather(validTime(RUN, fh));
    const amounts = amountsOf(RUN, fh);
    for (const product of SYNTHETIC_PRODUCTS) {
      const { grib, idx } = writeWeatherGrib(weather, RUN, fh, product);
      const path = pathOf(product, fh);
      await Deno.writeFile(path, grib);
      assert.deepEqual(
        parseIdx(idx).entries.map(({ start, time }) => [start, time!.startMinutes * 60, time!.endMinutes * 60]),
        fieldHeaders(grib, path).map(({ span, window }) => [span.start, window!.startS, window!.endS]),
      );
      const messages = messagesIn(product, fh);
      const read = readMessages(path, messages.map(({ selector }) => ({ selector, run: RUN, fh })));
      messages.forEach(({ decimals, valuesOf }, i) => {
        const { name, field, isSynthetic } = read[i]!;
        const error = worstDifference(valuesOf(weather, amounts), field.values);
        assert.ok(error <= 1.02 * 10 ** -decimals, `${name} is off by ${error}`);
        assert.ok(isSynthetic, name);
      });
    }
    for (const variable of hrrr.variables.filter(({ firstHour = 0 }) => firstHour <= fh)) {
      for (const { product, selector } of wantedMessages(variable, fh)) {
        assert.deepEqual(whyMissing(pathOf(product, fh), [{ selector, run: RUN, fh }]), [null]);
      }
    }
  }
  const fieldOf = (selector: MessageSelector, fh: ForecastHour) =>
    readMessages(pathOf("sfc", fh), [{ selector, run: RUN, fh }])[0]!.field;
  const [before, after] = [HOURS[1]!, HOURS[2]!];
  const precipitation = (hours: number | "run", fh: ForecastHour) =>
    fieldOf({ element: "APCP", level: "surface", statistic: "accumulation", hours }, fh).values;
  const [earlier, lastHour] = [precipitation("run", before), precipitation(1, after)];
  const sum = earlier.map((total, i) => total + lastHour[i]!);
  assert.ok(worstDifference(precipitation("run", after), sum) < 0.02);
  const [temperature, dewPoint, humidity] = (["TMP", "DPT", "RH"] as const).map((element) =>
    fieldOf(instant(element, "2 m above ground"), after)
  );
  assert.ok(worstDifference(relativeHumidity(temperature!, dewPoint!).values, humidity!.values) < 1);
});

Deno.test("timeWords() gives a window of whole days in days, as wgrib2 does", () => {
  const words = (selector: MessageSelector, fh: number) => timeWords(selector, fh as ForecastHour);
  const total: MessageSelector = { element: "APCP", level: "surface", statistic: "accumulation", hours: "run" };
  assert.deepEqual([1, 23, 24, 48].map((fh) => words(total, fh)), [
    "0-1 hour acc fcst",
    "0-23 hour acc fcst",
    "0-1 day acc fcst",
    "0-2 day acc fcst",
  ]);
  assert.equal(words({ ...total, hours: 1 }, 24), "23-24 hour acc fcst");
  assert.deepEqual([0, 24].map((fh) => words(instant("TMP", "2 m above ground"), fh)), ["anl", "24 hour fcst"]);
});

function worstDifference(one: Float32Array, other: Float32Array): number {
  let worst = 0;
  for (let i = 0; i < one.length; i++) {
    const difference = Math.abs(one[i]! - other[i]!);
    if (Number.isNaN(difference)) return NaN;
    if (difference > worst) worst = difference;
  }
  return worst;
}
