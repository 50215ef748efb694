import { fileURLToPath } from "node:url";
import { framesAnswerSchema } from "../contract/api.ts";
import { cycleTime, type RunId, runIdOf, validTime } from "../contract/identity.ts";
import { type Lead, leadOf, leadOfHours } from "../contract/lead.ts";
import { print } from "../builder/operations/terminal.ts";
import { serveBucket } from "../demo/bucket.ts";
import { syntheticWeather } from "../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../demo/write_grib.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { ArrivalHistory } from "../builder/schedule/arrival_history.ts";
import { remoteFile } from "../builder/sources/layout.ts";
import { builderCommand } from "../tests/support/run_command.ts";
import { startServer } from "../tests/support/server_process.ts";

/**
 * Time from an hour's object appearing in a bucket to its frame being listed by the API, with the scheduler and the
 * server as they run in production. Hours appear one by one around planned moments, each with all messages of HRRR's
 * table. With `--learned` the scheduler has a history in which these hours appeared up to 20 s from the planned moments.
 */

const HOURS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const VARS = ["tmp2m", "apcp", "hgt500"] as const;
const TIMEOUT_MS = 120_000;
/** Time between two planned moments, and how far the hours of this run and of the learned runs are from them. */
const EVERY_S = 25;
const APART_S = 5;
const LEARNED_APART_S = 20;
/** Delay of the first hour after the cycle: by the model's table, all hours are due and none is long late. */
const FIRST_S = 70 * 60;
/** Time for the scheduler and the server to start. */
const START_S = 15;
const LEARNED_RUNS = 4;

const isLearned = Deno.args.includes("--learned");
const folder = await Deno.makeTempDir({ prefix: "twf-bench-" });
const later = `${folder}/later`;
const dataRoot = `${folder}/data`;
await Deno.mkdir(dataRoot);
/** A run of 18 hours, as are those at 07 to 11 UTC, which are learned from. */
const run = runIdOf(new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 + 11 * 3_600_000));
const objects = HOURS.map((hour) => remoteFile(hrrr.layouts, "sfc", run, leadOfHours(hour)).path);

for (const [i, object] of objects.entries()) {
  const hour = leadOfHours(HOURS[i]!);
  const { grib, idx } = writeWeatherGrib(syntheticWeather(validTime(run, hour)), run, hour);
  for (const root of [later, `${folder}/bucket`]) {
    await Deno.mkdir(fileURLToPath(new URL(".", `file://${root}/${object}`)), { recursive: true });
  }
  await Deno.writeFile(`${later}/${object}`, grib);
  await Deno.writeTextFile(`${later}/${object}.idx`, idx);
}
if (isLearned) await learn();

{
  await using bucket = serveBucket(`${folder}/bucket`);
  await using server = await startServer(dataRoot);
  const begunMs = Date.now() + START_S * 1000;
  const shiftMs = cycleTime(run).getTime() + FIRST_S * 1000 - begunMs;
  const scheduler = builderCommand("bench/publish_lag_scheduler.ts", [bucket.baseUrl, dataRoot, String(shiftMs)])
    .spawn();
  const said = scheduler.output();
  const lags = VARS.map((): number[] => []);
  try {
    const waiting: Promise<void>[] = [];
    for (const [i, object] of objects.entries()) {
      await delay(begunMs + (i * EVERY_S + apart(APART_S)) * 1000 - Date.now());
      await Deno.rename(`${later}/${object}`, `${folder}/bucket/${object}`);
      await Deno.rename(`${later}/${object}.idx`, `${folder}/bucket/${object}.idx`);
      const appeared = performance.now();
      waiting.push(...VARS.map(async (id, place) => {
        if (id === "apcp" && HOURS[i] === 0) return;
        while (!await isListed(server.origin, id, leadOfHours(HOURS[i]!))) {
          if (performance.now() - appeared > TIMEOUT_MS) throw new Error(`${id} ${HOURS[i]} is not listed`);
          await delay(100);
        }
        lags[place]!.push((performance.now() - appeared) / 1000);
      }));
    }
    await Promise.all(waiting);
    print(
      `| ${
        isLearned ? "learned" : "by the table"
      } | hours | p50 s | p95 s | max s |\n| --- | ---: | ---: | ---: | ---: |`,
    );
    for (const [place, id] of VARS.entries()) {
      const sorted = lags[place]!.sort((a, b) => a - b);
      const shares = [0.5, 0.95, 1].map((share) => sorted[Math.ceil(share * sorted.length) - 1]!.toFixed(1));
      print(`| ${id} | ${sorted.length} | ${shares.join(" | ")} |`);
    }
  } finally {
    scheduler.kill("SIGTERM");
    const { stdout, stderr } = await said;
    if (Deno.args.includes("--verbose")) {
      for (const bytes of [stdout, stderr]) print(new TextDecoder().decode(bytes));
    }
  }
}
await Deno.remove(folder, { recursive: true });

/** Writes a history in which the hours of earlier runs appeared around the planned moments. */
async function learn(): Promise<void> {
  const { history } = await ArrivalHistory.open(dataRoot, hrrr);
  for (let age = 1; age <= LEARNED_RUNS; age++) {
    const earlier = runIdOf(new Date(cycleTime(run).getTime() - age * 3_600_000));
    for (const [i, hour] of HOURS.entries()) {
      for (const product of ["sfc", "prs"]) {
        const delayS = FIRST_S + i * EVERY_S + apart(LEARNED_APART_S);
        history.note({ run: earlier, product, lead: leadOfHours(hour) }, timeOf(earlier, delayS));
      }
    }
  }
  await history.save();
}

function timeOf(run: RunId, delayS: number): string {
  return new Date(cycleTime(run).getTime() + delayS * 1000).toISOString();
}

/** Returns a random number between `-most` and `most`. */
function apart(most: number): number {
  return most * (2 * Math.random() - 1);
}

async function isListed(origin: string, id: string, hour: Lead): Promise<boolean> {
  const response = await fetch(`${origin}/api/v3/hrrr/${run}/${id}/frames`, { cache: "no-store" });
  if (!response.ok) {
    await response.body?.cancel();
    return false;
  }
  return framesAnswerSchema.parse(await response.json()).frames.some((frame) => leadOf(frame) === hour);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
