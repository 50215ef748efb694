import assert from "node:assert/strict";
import { framesUrl, runsUrl, varsUrl } from "../../../contract/urls.ts";
import {
  BEGINNING,
  framesOf,
  GFS,
  HRRR,
  modelOf,
  publishedAnswers,
  RUN_00,
  RUN_06,
  SNOW,
  TEMPERATURE,
  WIND,
} from "../../../tests/support/published_answers.ts";
import { type Choice, nearest, resolveSelection, type Selection } from "./selection.ts";

const FROM: Selection = { ...BEGINNING, variable: TEMPERATURE };
const MODELS = [modelOf(HRRR, RUN_06), modelOf(GFS, RUN_00)];
const nameOf = ({ model, run, variable, frames }: Selection) =>
  `${model.id}/${run.run}/${variable} of ${frames.length} hours`;

Deno.test("resolveSelection() keeps what a choice leaves out, and fetches only what it does not know", async () => {
  using published = publishedAnswers();
  const resolve = async (choice: Choice) => nameOf(await resolveSelection(MODELS, choice, FROM));
  assert.equal(await resolve({ var: WIND }), "hrrr/20260217_06z/wspd10m of 7 hours");
  assert.deepEqual(published.asked.splice(0), [framesUrl(HRRR, RUN_06, WIND)]);
  assert.equal(await resolve({ run: RUN_00 }), "hrrr/20260217_00z/tmp2m of 7 hours");
  assert.deepEqual(published.asked.splice(0), [
    runsUrl(HRRR),
    varsUrl(HRRR, RUN_00),
    framesUrl(HRRR, RUN_00, TEMPERATURE),
  ]);
});

Deno.test("resolveSelection() takes the latest run of another model, and its first variable if it lacks the shown one", async () => {
  using published = publishedAnswers();
  published.run(GFS, RUN_00, [0, 3], SNOW, TEMPERATURE);
  const gfs = await resolveSelection(MODELS, { model: GFS }, { ...FROM, variable: WIND });
  assert.equal(nameOf(gfs), "gfs/20260217_00z/snod of 2 hours");
  assert.deepEqual(gfs.variables.map(({ id }) => id), [SNOW, TEMPERATURE]);
});

Deno.test("resolveSelection() fails for a run without frames, in words for the reader", async () => {
  using published = publishedAnswers();
  published.publish(framesUrl(GFS, RUN_00, TEMPERATURE), framesOf(GFS, RUN_00, TEMPERATURE, []));
  await assert.rejects(resolveSelection(MODELS, { model: GFS }, FROM), /^Error: tmp2m has no published hours yet$/);
  published.runs(GFS);
  await assert.rejects(resolveSelection(MODELS, { model: GFS }, FROM), /^Error: No run of GFS is published$/);
});

Deno.test("nearest() takes the earlier of two frames that are equally near, and 0 of a single one", () => {
  const { frames } = framesOf(HRRR, RUN_06, TEMPERATURE, [0, 2, 4]);
  assert.equal(nearest(frames, Date.UTC(2026, 1, 17, 7)), 0);
  assert.equal(nearest(frames, Date.UTC(2026, 1, 17, 7, 1)), 1);
  assert.equal(nearest(frames, Infinity), 0);
  assert.equal(nearest(frames.slice(0, 1), 0), 0);
});
