import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { validTime } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { SYNTHETIC_PRODUCTS } from "../../demo/synthetic_messages.ts";
import { syntheticWeather } from "../../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../../demo/write_grib.ts";
import { eventually } from "../../tests/support/eventually.ts";
import { RUN } from "../../tests/support/published_root.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { writeFileAtomically } from "../disk/atomic_write.ts";
import { hrrr } from "../models/hrrr.ts";
import { WorkerJobError } from "../operations/worker_pool.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { promotionRules } from "../publish/validate_run.ts";
import { remoteFile } from "../sources/layout.ts";
import { buildHour } from "./build_hour.ts";
import { type BuildPool, makeBuildPool } from "./build_pool.ts";
import type { FrameOutcome } from "./frame_outcome.ts";

const LEAD = leadOfHours(1);
/** Variables of the same messages, which one Worker builds one after the other. */
const WINDS = hrrr.variables.filter(({ id }) => id === "wspd10m" || id === "wdir10m");

/** Builds the wind of an hour with a pool whose `run` is replaced, and returns the outcomes. */
async function buildWinds(
  change: (run: BuildPool["run"], outcomes: readonly FrameOutcome[]) => BuildPool["run"],
  onOutcome: (outcome: FrameOutcome) => void = () => {},
) {
  await using folder = await tempDir();
  const weather = syntheticWeather(validTime(RUN, LEAD));
  for (const product of SYNTHETIC_PRODUCTS) {
    const { grib, idx } = writeWeatherGrib(weather, RUN, LEAD, product);
    const { path, indexPath } = remoteFile(hrrr.layouts, product, RUN, LEAD);
    await writeFileAtomically(`${folder.path}/bucket/${path}`, grib);
    await writeFileAtomically(`${folder.path}/bucket/${indexPath}`, new TextEncoder().encode(idx));
  }
  const roots = rootsBelow(`${folder.path}/data`);
  await setUpRoots(roots);
  using pool = makeBuildPool(1);
  const outcomes: FrameOutcome[] = [];
  pool.run = change(pool.run.bind(pool), outcomes);
  const build = {
    model: hrrr,
    run: RUN,
    sources: [{ id: "folder", baseUrl: `${pathToFileURL(`${folder.path}/bucket`).href}/` }],
    roots,
    signal: new AbortController().signal,
    promotion: promotionRules(hrrr.id, false, { roots, minFreeBytes: 0 }),
  };
  await buildHour(LEAD, WINDS, build, pool, (outcome) => {
    outcomes.push(outcome);
    onOutcome(outcome);
  });
  return outcomes.map(({ frame, status }) => `${frame.var} ${status}`);
}

Deno.test("buildHour() fails with the error of reporting a frame, once its group is done", async () => {
  let isDone = false;
  const building = buildWinds(
    (run) => async (job, rank, onPart) => {
      await run(job, rank, onPart);
      isDone = true;
    },
    () => {
      throw new Error("nobody listens");
    },
  );
  await assert.rejects(building, /^Error: nobody listens$/);
  assert.ok(isDone);
});

Deno.test("buildHour() publishes a frame while the Worker builds the next one of its group", async () => {
  const outcomes = await buildWinds((run, outcomes) => async (job, rank, onPart) => {
    assert.equal(job.variables.length, 2);
    let reported = 0;
    await run(job, rank, (part) => {
      if (reported++ === 0) onPart!(part); // the second frame is never reported
    });
    await eventually(() => outcomes.length === 1);
    throw new WorkerJobError("WorkerDiedError", "as told");
  });
  assert.deepEqual(outcomes, [`${WINDS[0]!.id} published`, `${WINDS[1]!.id} failed`]);
});
