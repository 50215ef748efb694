import { fileURLToPath } from "node:url";
import { framesAnswerSchema } from "../contract/api.ts";
import { runIdOf, validTime } from "../contract/identity.ts";
import { type Lead, leadOf, leadOfHours } from "../contract/lead.ts";
import { print } from "../builder/operations/terminal.ts";
import { serveBucket } from "../demo/bucket.ts";
import { syntheticWeather } from "../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../demo/write_grib.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { remoteFile } from "../builder/sources/layout.ts";
import { builderCommand } from "../tests/support/run_command.ts";
import { startServer } from "../tests/support/server_process.ts";

/**
 * Time from an hour's object appearing in a bucket to its frame being listed by the API, with the scheduler and the
 * server as they run in production. Hours appear one by one at random intervals, each with all messages of HRRR's
 * table.
 */

const HOURS: readonly number[] = [0, 1, 2, 3, 4, 5];
const VARS = ["tmp2m", "apcp", "hgt500"] as const;
const TIMEOUT_MS = 120_000;

const folder = await Deno.makeTempDir({ prefix: "twf-bench-" });
const later = `${folder}/later`;
const dataRoot = `${folder}/data`;
await Deno.mkdir(dataRoot);
const run = runIdOf(new Date(Math.floor(Date.now() / 3_600_000 - 1) * 3_600_000));
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

{
  await using bucket = serveBucket(`${folder}/bucket`);
  await using server = await startServer(dataRoot);
  const scheduler = builderCommand("builder/cli/schedule.ts", [
    "--model",
    "hrrr",
    "--source",
    bucket.baseUrl,
    "--data-root",
    dataRoot,
  ]).spawn();
  const said = scheduler.output();
  try {
    print(`| hour | ${VARS.map((id) => `${id} s`).join(" | ")} |\n| ---: | ${VARS.map(() => "---:").join(" | ")} |`);
    for (const [i, object] of objects.entries()) {
      await delay(10_000 + 10_000 * Math.random());
      await Deno.rename(`${later}/${object}`, `${folder}/bucket/${object}`);
      await Deno.rename(`${later}/${object}.idx`, `${folder}/bucket/${object}.idx`);
      const appeared = performance.now();
      const lags = await Promise.all(VARS.map(async (id) => {
        if (id === "apcp" && HOURS[i] === 0) return "-";
        while (!await isListed(server.origin, id, leadOfHours(HOURS[i]!))) {
          if (performance.now() - appeared > TIMEOUT_MS) return "never";
          await delay(100);
        }
        return ((performance.now() - appeared) / 1000).toFixed(1);
      }));
      print(`| ${HOURS[i]} | ${lags.join(" | ")} |`);
    }
  } finally {
    scheduler.kill("SIGTERM");
    const { stderr } = await said;
    if (Deno.args.includes("--verbose")) print(new TextDecoder().decode(stderr));
  }
}
await Deno.remove(folder, { recursive: true });

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
