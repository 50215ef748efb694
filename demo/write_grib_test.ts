import assert from "node:assert/strict";
import { validTime } from "../contract/identity.ts";
import { compareLeads, hourlyLeads, type Lead, leadOfHours, leadText, parseLead } from "../contract/lead.ts";
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
import { runId } from "../tests/support/identity.ts";

const RUN = runId("20260218_00z");
const HOURS = hourlyLeads(0, 2);

Deno.test("writeWeatherGrib() writes every message of HRRR's table, with values that survive the packing and are consistent", async () => {
  await using folder = await tempDir();
  const pathOf = (product: string, lead: Lead) => `${folder.path}/${product}${leadText(lead)}.grib2`;
  for (const lead of HOURS) {
    const weather = syntheticWeather(validTime(RUN, lead));
    const amounts = amountsOf(RUN, lead);
    for (const product of SYNTHETIC_PRODUCTS) {
      const { grib, idx } = writeWeatherGrib(weather, RUN, lead, product);
      const path = pathOf(product, lead);
      await Deno.writeFile(path, grib);
      assert.deepEqual(
        parseIdx(idx).entries.map(({ start, time }) => [start, time!.startMinutes * 60, time!.endMinutes * 60]),
        fieldHeaders(grib, path).map(({ span, window }) => [span.start, window!.startS, window!.endS]),
      );
      const messages = messagesIn(product, lead);
      const read = readMessages(path, messages.map(({ selector }) => ({ selector, run: RUN, lead })));
      messages.forEach(({ decimals, valuesOf }, i) => {
        const { name, field, isSynthetic } = read[i]!;
        const error = worstDifference(valuesOf(weather, amounts), field.values);
        assert.ok(error <= 1.02 * 10 ** -decimals, `${name} is off by ${error}`);
        assert.ok(isSynthetic, name);
      });
    }
    for (const variable of hrrr.variables.filter(({ firstLead }) => !firstLead || compareLeads(firstLead, lead) <= 0)) {
      for (const { product, selector } of wantedMessages(variable, lead)) {
        assert.deepEqual(whyMissing(pathOf(product, lead), [{ selector, run: RUN, lead }]), [null]);
      }
    }
  }
  const fieldOf = (selector: MessageSelector, lead: Lead) =>
    readMessages(pathOf("sfc", lead), [{ selector, run: RUN, lead }])[0]!.field;
  const [before, after] = [HOURS[1]!, HOURS[2]!];
  const precipitation = (hours: number | "run", lead: Lead) =>
    fieldOf({
      element: "APCP",
      level: "surface",
      statistic: "accumulation",
      windowMinutes: hours === "run" ? hours : hours * 60,
    }, lead).values;
  const [earlier, lastHour] = [precipitation("run", before), precipitation(1, after)];
  const sum = earlier.map((total, i) => total + lastHour[i]!);
  assert.ok(worstDifference(precipitation("run", after), sum) < 0.02);
  const [temperature, dewPoint, humidity] = (["TMP", "DPT", "RH"] as const).map((element) =>
    fieldOf(instant(element, "2 m above ground"), after)
  );
  assert.ok(worstDifference(relativeHumidity(temperature!, dewPoint!).values, humidity!.values) < 1);
});

Deno.test("timeWords() gives a window of whole days in days, as wgrib2 does", () => {
  const words = (selector: MessageSelector, lead: number) => timeWords(selector, leadOfHours(lead));
  const total: MessageSelector = { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: "run" };
  assert.deepEqual([1, 23, 24, 48].map((lead) => words(total, lead)), [
    "0-1 hour acc fcst",
    "0-23 hour acc fcst",
    "0-1 day acc fcst",
    "0-2 day acc fcst",
  ]);
  assert.equal(words({ ...total, windowMinutes: 60 }, 24), "23-24 hour acc fcst");
  assert.deepEqual([0, 24].map((lead) => words(instant("TMP", "2 m above ground"), lead)), ["anl", "24 hour fcst"]);
});

Deno.test("writeWeatherGrib() writes frames between hours: instants, and windows that end there", () => {
  const lead = parseLead("1m15")!;
  const { grib, idx } = writeWeatherGrib(syntheticWeather(validTime(RUN, lead)), RUN, lead);
  const windows = fieldHeaders(grib, "made up").map(({ window }) => [window!.startS / 60, window!.endS / 60]);
  const times = parseIdx(idx).entries.map(({ time }) => [time!.startMinutes, time!.endMinutes]);
  assert.deepEqual(times, windows);
  for (const [start, end] of [[75, 75], [0, 75], [15, 75]]) {
    assert.ok(windows.some((window) => window[0] === start && window[1] === end), `${start}-${end}`);
  }
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
