import { PNG } from "pngjs";
import { z } from "zod";
import { framesAnswerSchema, runsAnswerSchema, varsAnswerSchema } from "../../contract/api.ts";
import { cycleTime, type RunId, validTime } from "../../contract/identity.ts";
import { leadOfHours, leadText, wholeHours } from "../../contract/lead.ts";
import { print } from "../../builder/operations/terminal.ts";
import { serveBucket } from "../../demo/bucket.ts";
import { syntheticWeather } from "../../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../../demo/write_grib.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { fieldName } from "../../builder/grib/read_message.ts";
import { expectedFrames, runLeads } from "../../builder/models/model.ts";
import { usualArrival } from "../../builder/schedule/wanted_runs.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import {
  connectionLost,
  type Effect,
  halfBody,
  rangeIgnored,
  slow,
  status,
  writeObject,
} from "../../tests/support/faulty_bucket.ts";
import { moved } from "../../tests/support/real_bucket.ts";
import { builderCommand } from "../../tests/support/run_command.ts";
import { startServer } from "../../tests/support/server_process.ts";
import { requireSharedData } from "../../tests/support/shared_data.ts";
import { seededRandom } from "../measure.ts";
import { fastNow, type FastTime, SOAK_MODELS } from "./models.ts";

/**
 * `deno task soak [MINUTES]`: three HRRR cycles and one GFS cycle appear in a bucket in which requests fail at random,
 * on a clock that runs about ten times as fast; the schedulers are killed at random; clients read everything that the
 * API lists. The soak reports frames expected, built and failed, wrong answers to readers, lags, and memory.
 */

type Bytes = Uint8Array<ArrayBuffer>;

const START = "2026-02-17T03:42:00Z";
const END = "2026-02-17T06:50:00Z";
const RUNS = { hrrr: ["20260217_03z", "20260217_04z", "20260217_05z"], gfs: ["20260217_00z"] } as const;
const MINUTES = Number(Deno.args[0] ?? 20);
/** Share of the real time that remains for late frames at the end. */
const REST_SHARE = 0.1;
const CLIENTS = 4;
const TILES = ["3/1/3", "4/3/6", "5/7/12", "7/30/48"];

const random = seededRandom(20260217);
const folder = await Deno.makeTempDir({ prefix: "twf-soak-" });
const dataRoot = `${folder}/data`;
await Deno.mkdir(dataRoot);
const realMs = MINUTES * 60_000;
const time: FastTime = {
  startMs: Date.parse(START),
  realStartMs: Date.now(),
  factor: (Date.parse(END) - Date.parse(START)) / (realMs * (1 - REST_SHARE)),
};
const elapsedMs = () => Date.now() - time.realStartMs;
let isOver = false;

/** Effects on requests, and the share of requests that each effect has. */
const FAULTS: Readonly<Record<string, { share: number; effect: Effect }>> = {
  "503": { share: 0.03, effect: status(503) },
  "429": { share: 0.02, effect: status(429, { "retry-after": "1" }) },
  "lost connection": { share: 0.02, effect: connectionLost() },
  "half a body": { share: 0.02, effect: halfBody() },
  "200 to a range": { share: 0.01, effect: rangeIgnored() },
  "slow": { share: 0.02, effect: slow(3000) },
};
const faultCounts = new Map<string, number>();

const messages = { hrrr: hrrrMessages(), gfs: gfsMessages() };
const appeared = new Map<string, number>();

const closing = new AbortController();
await using healthy = serveBucket(`${folder}/bucket`);
await using bucket = serveBucket(`${folder}/bucket`, (request, path) => {
  let left = random();
  const [name, fault] = Object.entries(FAULTS).find(([, { share }]) => (left -= share) < 0) ?? [];
  if (!name || !fault) return null;
  faultCounts.set(name, (faultCounts.get(name) ?? 0) + 1);
  const range = request.headers.get("range");
  const object = () => fetch(healthy.baseUrl + path, range === null ? {} : { headers: { range } });
  return fault.effect({ request, object, signal: closing.signal });
});
await using server = await startServer(dataRoot);

const eventSchema = z.looseObject({ kind: z.string(), rss: z.number() });
const wrong: string[] = [];
const listedAt = new Map<string, number>();
const answers = new Map<number, number>();
const outcomes = {
  published: 0,
  failed: 0,
  givenUp: [] as string[],
  broken: [] as string[],
  kills: 0,
  removed: [] as string[],
};
const memory: { minute: number; hrrrMb: number; gfsMb: number; serverMb: number }[] = [];
const rss = { hrrr: 0, gfs: 0 };

const tasks = [
  publishObjects("hrrr"),
  publishObjects("gfs"),
  superviseScheduler("hrrr"),
  superviseScheduler("gfs"),
  watchListings(),
  noteMemory(),
  ...Array.from({ length: CLIENTS }, () => hammer()),
];
await wait(realMs);
isOver = true;
await Promise.all(tasks);
closing.abort();
report();
await Deno.remove(folder, { recursive: true });
if (wrong.length > 0) Deno.exit(1);

/** Returns HRRR's instantaneous messages of a synthetic hour. */
function hrrrMessages(): Bytes[] {
  const run = RUNS.hrrr[0] as RunId;
  const { grib } = writeWeatherGrib(syntheticWeather(validTime(run, leadOfHours(0))), run, leadOfHours(0));
  return messagesOf(grib).filter((message) => fieldHeaders(message, "a message")[0]!.statisticalProcess === null);
}

function gfsMessages(): Bytes[] {
  return ["tmp2m-and-tmp2mb", "prmsl-850mb"].flatMap((field) =>
    messagesOf(Deno.readFileSync(requireSharedData(`gfs/gfs.20260129.t12z.f006.0p25.${field}.grib2`)))
  );
}

function messagesOf(grib: Bytes): Bytes[] {
  return fieldHeaders(grib, "messages").map(({ span }) => grib.slice(span.start, span.start + span.length));
}

/** Puts hours into the bucket around their usual times; a few hours twice, first with a damaged message. */
async function publishObjects(id: "hrrr" | "gfs"): Promise<void> {
  const model = SOAK_MODELS[id]!;
  const product = model.variables[0]!.product;
  const objects = RUNS[id].flatMap((run) =>
    runLeads(model, run as RunId).map((lead) => ({
      run: run as RunId,
      lead,
      atMs: usualArrival(model, run as RunId, lead).getTime() + (random() * 6 - 1) * 60_000,
    }))
  ).sort((a, b) => a.atMs - b.atMs);
  for (const { run, lead, atMs } of objects) {
    while (fastNow(time).getTime() < atMs && !isOver) await wait(50);
    const parts = messages[id].map((message) => moved(message, run, wholeHours(lead)!));
    const { path } = remoteFile(model.layouts, product, run, lead);
    const cycle = run.slice(0, 8) + run.slice(9, 11);
    const described = parts.map((bytes) => ({ bytes, what: `${fieldName(fieldHeaders(bytes, "a message")[0]!)}:` }));
    if (random() < 0.04) {
      const damaged = described.map(({ bytes, what }, i) => ({
        bytes: i === 0 ? bytes.slice().fill(0, 600, 700) : bytes,
        what,
      }));
      await writeObject(`${folder}/bucket/${path}`, cycle, damaged);
      void wait(20_000).then(() => writeObject(`${folder}/bucket/${path}`, cycle, described));
    } else await writeObject(`${folder}/bucket/${path}`, cycle, described);
    appeared.set(`${id}/${run}/${leadText(lead)}`, performance.now());
  }
}

/** Runs a scheduler, kills it now and then, and runs it again. */
async function superviseScheduler(id: "hrrr" | "gfs"): Promise<void> {
  const args = [JSON.stringify({ modelId: id, bucketUrl: bucket.baseUrl, dataRoot, time })];
  while (!isOver) {
    const child = builderCommand("bench/soak/scheduler.ts", args).spawn();
    const killAfterMs = 30_000 + random() * 60_000;
    const began = Date.now();
    const errors = new Response(child.stderr).text();
    const killer = (async () => {
      while (!isOver && Date.now() - began < killAfterMs) await wait(200);
      if (!isOver) outcomes.kills++;
      try {
        child.kill(isOver ? "SIGTERM" : "SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // the scheduler has ended by itself
      }
    })();
    let text = "";
    for await (
      const chunk of child.stdout.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    ) {
      const lines = (text + chunk).split("\n");
      text = lines.pop()!;
      for (const line of lines) note(id, eventSchema.parse(JSON.parse(line)));
    }
    await killer;
    const { signal } = await child.status;
    const said = await errors;
    if (signal !== "SIGKILL" && !/Stopped by a signal/.test(said)) wrong.push(`the scheduler of ${id} ended: ${said}`);
  }
}

// deno-lint-ignore no-explicit-any -- events as the scheduler printed them
function note(id: "hrrr" | "gfs", event: any): void {
  rss[id] = event.rss;
  if (event.kind === "frame" && event.outcome.status === "published") outcomes.published++;
  if (event.kind === "frame" && event.outcome.status === "failed") outcomes.failed++;
  if (event.kind === "given up") {
    const { var: variable, run, lead } = event.frame;
    outcomes.givenUp.push(`${id} ${run} ${variable} ${leadText(lead)}: ${event.reason.split("\n")[0]}`);
  }
  if (event.kind === "round broken" || event.kind === "refused") outcomes.broken.push(JSON.stringify(event));
  if (event.kind === "removed") outcomes.removed.push(`${id} ${event.run}`);
}

/** Notes the time at which each frame is first listed. */
async function watchListings(): Promise<void> {
  while (!isOver) {
    for (const id of ["hrrr", "gfs"] as const) {
      for (const run of RUNS[id]) {
        const vars = await get(`/api/v3/${id}/${run}/vars`, [404]);
        if (!vars) continue;
        for (const { id: variable } of varsAnswerSchema.parse(await vars.json()).vars) {
          const frames = await get(`/api/v3/${id}/${run}/${variable}/frames`, [404]);
          if (!frames) continue;
          for (const { frame } of framesAnswerSchema.parse(await frames.json()).frames) {
            const key = `${id}/${run}/${variable}/${frame}`;
            if (!listedAt.has(key)) listedAt.set(key, performance.now());
          }
        }
      }
    }
    await wait(200);
  }
}

/**
 * Reads random frames that the API lists, again and again. A run may be removed while it is read; any other failure is
 * noted as wrong.
 */
async function hammer(): Promise<void> {
  while (!isOver) {
    const id = pick(["hrrr", "gfs"] as const);
    const runs = await get(`/api/v3/${id}/runs`);
    const known = runs ? runsAnswerSchema.parse(await runs.json()).runs : [];
    if (known.length === 0) {
      await wait(100);
      continue;
    }
    const { run } = pick(known);
    const vars = await get(`/api/v3/${id}/${run}/vars`, [404]);
    const variables = vars
      ? varsAnswerSchema.parse(await vars.json()).vars.filter((each) => each.available_frames > 0)
      : [];
    if (variables.length === 0) continue;
    const variable = pick(variables).id;
    const answer = await get(`/api/v3/${id}/${run}/${variable}/frames`, [404]);
    if (!answer) continue;
    const frames = framesAnswerSchema.parse(await answer.json()).frames;
    if (frames.length === 0) continue;
    const { frame } = pick(frames);
    const mayBeGone = outcomes.removed.includes(`${id} ${run}`) || run === RUNS.hrrr[0] ? [404] : [];
    const tile = await get(`/tiles/v3/${id}/${run}/${variable}/${frame}/${pick(TILES)}.png`, mayBeGone);
    if (tile) PNG.sync.read(Buffer.from(await tile.arrayBuffer()));
    const point = `lat=${(30 + random() * 15).toFixed(3)}&lon=${(-120 + random() * 40).toFixed(3)}`;
    const sample = await get(`/api/v3/sample?model=${id}&run=${run}&var=${variable}&fh=${frame}&${point}`, [
      204,
      ...mayBeGone,
    ]);
    if (sample && typeof (await sample.json()).value !== "number") wrong.push("a sample without a value");
    await wait(10);
  }
}

/** Returns the response when its status is 200, otherwise null; a status that is not expected is noted as wrong. */
async function get(path: string, expected: readonly number[] = []): Promise<Response | null> {
  const response = await fetch(server.origin + path, { signal: AbortSignal.timeout(10_000) });
  answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
  if (response.status === 200) return response;
  const detail = await response.text();
  if (!expected.includes(response.status)) wrong.push(`${path}: ${response.status} ${detail.slice(0, 120)}`);
  return null;
}

async function noteMemory(): Promise<void> {
  for (let minute = 1; !isOver; minute++) {
    while (elapsedMs() < minute * 60_000 && !isOver) await wait(200);
    const text = await (await fetch(`${server.origin}/metrics`)).text();
    const serverBytes = Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? NaN);
    const mb = (bytes: number) => Math.round(bytes / 1e6);
    memory.push({ minute, hrrrMb: mb(rss.hrrr), gfsMb: mb(rss.gfs), serverMb: mb(serverBytes) });
  }
}

function report(): void {
  const expected = (["hrrr", "gfs"] as const).flatMap((id) =>
    RUNS[id].map((run) => ({ id, run, count: expectedFrames(SOAK_MODELS[id]!, run as RunId) }))
  );
  print(`Soak of ${MINUTES} min, ${time.factor.toFixed(1)} × as fast: ${START} to ${fastNow(time).toISOString()}\n`);
  print("| run | frames expected | listed |\n| --- | ---: | ---: |");
  for (const { id, run, count } of expected) {
    const listed = [...listedAt.keys()].filter((key) => key.startsWith(`${id}/${run}/`)).length;
    print(`| ${id} ${run} (${cycleTime(run as RunId).toISOString().slice(11, 16)} UTC) | ${count} | ${listed} |`);
  }
  const lags = [...listedAt].map(([key, at]) => {
    const [id, run, , frame] = key.split("/");
    return (at - appeared.get(`${id}/${run}/${frame}`)!) / 1000;
  }).sort((a, b) => a - b);
  const quantile = (q: number) => lags[Math.min(lags.length - 1, Math.floor(q * lags.length))]?.toFixed(1);
  print(
    `\nObject in the bucket to frame in the API: p50 ${quantile(0.5)} s, p90 ${quantile(0.9)} s, p99 ${
      quantile(0.99)
    } s, ` +
      `most ${quantile(1)} s`,
  );
  print(`Tries that failed: ${outcomes.failed}; given up: ${outcomes.givenUp.length}`);
  outcomes.givenUp.forEach((line) => print(`- ${line}`));
  print(`Faults of the bucket: ${[...faultCounts].map(([name, count]) => `${count} × ${name}`).join(", ")}`);
  print(`Schedulers killed with SIGKILL: ${outcomes.kills}; rounds broken or runs refused: ${outcomes.broken.length}`);
  outcomes.broken.slice(0, 5).forEach((line) => print(`- ${line.slice(0, 300)}`));
  print(`Runs removed: ${outcomes.removed.join(", ") || "none"}`);
  print(`Answers by status: ${[...answers].map(([status, count]) => `${status}: ${count}`).join(", ")}`);
  print(`Wrong or half-visible answers: ${wrong.length}`);
  wrong.slice(0, 20).forEach((line) => print(`- ${line}`));
  print("\n| minute | hrrr scheduler MB | gfs scheduler MB | server MB |\n| ---: | ---: | ---: | ---: |");
  for (const { minute, hrrrMb, gfsMb, serverMb } of memory) print(`| ${minute} | ${hrrrMb} | ${gfsMb} | ${serverMb} |`);
}

function pick<T>(of: readonly T[]): T {
  return of[Math.floor(random() * of.length)]!;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
