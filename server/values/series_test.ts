import assert from "node:assert/strict";
import { varIdSchema } from "../../contract/identity.ts";
import { artifactPath, rootsBelow } from "../../contract/paths.ts";
import { keptLog } from "../../tests/support/kept_log.ts";
import { frameId, publishedRoot, RUN } from "../../tests/support/published_root.ts";
import { replaceValues } from "../../tests/support/value_cog_file.ts";
import { Catalogue } from "../catalogue.ts";
import { makeBlockCache } from "../cog/block_cache.ts";
import { FrameStore } from "../frame_store.ts";
import { series } from "./series.ts";

const POINT = { latDeg: 39, lonDeg: -98 };
const [TEMPERATURE, RADAR] = [frameId(0), frameId(0, "radar_ptype")];

/** A run of three hours whose temperatures are 30.4 and 31.6 °F, with an hour of no value between them. */
async function knownRun() {
  const root = await publishedRoot([0, 2, 4], [TEMPERATURE.var, RADAR.var]);
  for (const [hour, value] of [[0, 30.4], [2, NaN], [4, 31.6]] as const) {
    await replaceValues(root.dataRoot, frameId(hour), () => value);
    await replaceValues(root.dataRoot, frameId(hour, RADAR.var), () => 0);
  }
  const roots = rootsBelow(root.dataRoot);
  const catalogue = new Catalogue(roots, keptLog().log);
  const frames = new FrameStore(roots, catalogue, makeBlockCache(8));
  return {
    dataRoot: root.dataRoot,
    ask: async (...variables: readonly string[]) =>
      await series(await catalogue.manifest(TEMPERATURE.model, RUN), frames, {
        variables: variables.map((id) => varIdSchema.parse(id)),
        point: POINT,
      }),
    [Symbol.asyncDispose]: async () => {
      frames.close();
      await root[Symbol.asyncDispose]();
    },
  };
}

Deno.test("series() has each published hour in its order, with null where there is no value", async () => {
  await using run = await knownRun();
  const answer = await run.ask("tmp2m");
  assert.deepEqual([answer.run, answer.lat, answer.lon], [RUN, 39, -98]);
  const [{ name, units, values }] = answer.series as [typeof answer.series[0]];
  assert.deepEqual([name, units], ["2 m temperature", "°F"]);
  assert.deepEqual(values.map(({ valid_time, value }) => [valid_time, value]), [
    ["2026-02-17T06:00:00Z", 30],
    ["2026-02-17T08:00:00Z", null],
    ["2026-02-17T10:00:00Z", 32],
  ]);
  assert.deepEqual(await run.ask("tmp2m"), answer); // from the open frames
});

Deno.test("series() answers variables in the requested order, with labels for those that have labels", async () => {
  await using run = await knownRun();
  const answer = await run.ask("radar_ptype", "tmp2m");
  assert.deepEqual(answer.series.map(({ var: id }) => id), ["radar_ptype", "tmp2m"]);
  assert.deepEqual(answer.series[0]!.values.map(({ label }) => label), Array(3).fill("No echo"));
  assert.ok(answer.series[1]!.values.every((value) => !("label" in value)));
});

Deno.test("series() refuses a variable that the run lacks, and a run with a missing file", async () => {
  await using run = await knownRun();
  await assert.rejects(run.ask("tmp2m", "gust"), {
    name: "NotPublishedError",
    message: `Run ${RUN} of hrrr has no variable "gust"`,
  });
  await Deno.remove(`${run.dataRoot}/${artifactPath("published", frameId(2), "values")}`);
  await assert.rejects(run.ask("tmp2m"), { name: "NotPublishedError" });
});
