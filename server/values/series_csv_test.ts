import assert from "node:assert/strict";
import { type SeriesAnswer, seriesAnswerSchema } from "../../contract/api.ts";
import { seriesCsv } from "./series_csv.ts";

function answer(series: unknown[]): SeriesAnswer {
  return seriesAnswerSchema.parse({ model: "hrrr", run: "20260217_06z", lat: 39, lon: -98, series });
}

Deno.test("seriesCsv() has a row for each hour of any variable, and quotes the cells that RFC 4180 requires", () => {
  const at = (hour: number, value: number | null, label?: string) => ({
    frame: String(hour),
    fh: hour,
    valid_time: `2026-02-17T0${6 + hour}:00:00Z`,
    value,
    ...(label === undefined ? {} : { label }),
  });
  const csv = seriesCsv(answer([
    { var: "tmp2m", name: "T", kind: "continuous", units: "°F", values: [at(0, 42.5), at(2, null)] },
    {
      var: "radar_ptype",
      name: "R",
      kind: "discrete",
      units: "",
      values: [at(1, 3, 'Snow, "24" dBZ'), at(2, 0, "None")],
    },
  ]));
  assert.equal(
    csv,
    "valid_time,fh,tmp2m (°F),radar_ptype,radar_ptype label\r\n" +
      "2026-02-17T06:00:00Z,0,42.5,,\r\n" +
      '2026-02-17T07:00:00Z,1,,3,"Snow, ""24"" dBZ"\r\n' +
      "2026-02-17T08:00:00Z,2,,0,None\r\n",
  );
});
