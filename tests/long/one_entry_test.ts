import { rootsBelow } from "../../contract/paths.ts";
import assert from "node:assert/strict";
import { varsAnswerSchema } from "../../contract/api.ts";
import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { instant } from "../../builder/grib/message_selector.ts";
import type { Model, Variable } from "../../builder/models/model.ts";
import { publishFrame } from "../../builder/publish/publish_frame.ts";
import { stageFrame } from "../../builder/publish/stage_frame.ts";
import { NWS_WIND_MPH } from "../../builder/style/nws_palettes.ts";
import { syntheticWeather } from "../../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../../demo/write_grib.ts";
import { validTime } from "../../contract/identity.ts";
import { frameId, RUN, showing } from "../support/published_root.ts";
import { tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";
import { varId } from "../support/identity.ts";

/** The one entry: a variable that no other file of the project mentions. */
const WESTERLY: Variable = {
  id: varId("westerly"),
  name: "Westerly wind",
  group: "Wind",
  units: "mph",
  kind: "continuous",
  precision: 1,
  product: "sfc",
  derivation: { type: "simple", message: instant("UGRD", "10 m above ground") },
  palette: NWS_WIND_MPH,
  physicalRange: [-200, 200],
};

Deno.test("one entry in a model's table adds a variable to the API, the tiles, the samples and the page", async () => {
  await using folder = await tempDir();
  const model: Model = { ...hrrr, variables: [...hrrr.variables, WESTERLY] };
  const frame = frameId(0, WESTERLY.id);
  const path = `${folder.path}/hour.grib2`;
  await Deno.writeFile(
    path,
    writeWeatherGrib(syntheticWeather(validTime(frame.run, frame.lead)), frame.run, frame.lead).grib,
  );
  const input = await localInput([path], WESTERLY, frame);
  const dataRoot = `${folder.path}/data`;
  await stageFrame(rootsBelow(dataRoot), buildFrame(frame, model, WESTERLY, input));
  await publishFrame(rootsBelow(dataRoot), model, frame, showing(model, dataRoot));

  using server = await testApp(dataRoot);
  const { vars } = varsAnswerSchema.parse(await (await server.get(`/api/v3/hrrr/${RUN}/vars`)).json());
  assert.deepEqual(vars.map(({ id, name, group, units }) => [id, name, group, units]), [
    ["westerly", "Westerly wind", "Wind", "mph"],
  ]);
  assert.equal((await server.get(`/tiles/v3/hrrr/${RUN}/westerly/0/5/6/11.png`)).status, 200);
  const sample = await server.get(`/api/v3/sample?model=hrrr&run=${RUN}&var=westerly&fh=0&lat=40&lon=-100`);
  assert.equal((await sample.json()).units, "mph");
  const page = await (await server.get("/models-v3")).text();
  assert.match(page, /"id":"westerly","name":"Westerly wind","group":"Wind"/);
  assert.match(page, /<h2>Westerly wind <span>mph<\/span>/);
});
