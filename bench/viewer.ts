import type { Browser } from "playwright-core";
import { print, say } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { UsageError } from "../builder/cli/usage_error.ts";
import { modelsAnswerSchema, varsAnswerSchema } from "../contract/api.ts";
import { type ModelId, modelIdSchema } from "../contract/identity.ts";
import { MODELS_URL, varsUrl } from "../contract/urls.ts";
import { launchBrowser } from "../tests/support/browser.ts";
import { publishedRoot } from "../tests/support/published_root.ts";
import { printTable, quantile } from "./measure.ts";
import { ServerProcess } from "./server_process.ts";
import { coldChanges, warmChanges } from "./viewer/frame_change.ts";
import { type FirstFrame, firstFrame } from "./viewer/first_frame.ts";
import { loopStart, warmLoops } from "./viewer/loop.ts";
import { runOfManyHours } from "./viewer/many_hours.ts";
import { memoryOfLoop } from "./viewer/memory.ts";
import { scrubAll } from "./viewer/scrub.ts";
import { builtSizes, ownScriptsSize } from "./viewer/sizes.ts";
import type { Conditions } from "./viewer/visit.ts";

/**
 * The built page in headless Chromium over the real server: how fast the page shows a frame, changes it and plays,
 * whether it ever shows a wrong frame or none, its requests to the server, its sizes and its memory. The bench fails on
 * wrong results, not on slow ones.
 */

const USAGE = "usage: deno task bench:viewer [DATA_ROOT [MINUTES]]";
const HOURS = 49;
const ROUNDS = 6;
const STEPS = 40;
const LOOPS = 2;
const SCRUB_ROUNDS = 3;
const USUAL_MINUTES = 2;
const OWN_SCRIPTS_LIMIT_BYTES = 60_000;
/** Chrome's "Fast 4G": 9 and 1.5 Mbit/s less a tenth, 60 ms times 2.75; with a CPU a quarter as fast. */
const FAST_4G: Conditions = {
  cpuTimesSlower: 4,
  latencyMs: 165,
  downBytesPerS: 9e6 / 8 * 0.9,
  upBytesPerS: 1.5e6 / 8 * 0.9,
};

async function main([givenRoot, givenMinutes = String(USUAL_MINUTES)]: readonly string[]): Promise<void> {
  const minutes = Number(givenMinutes);
  if (!Number.isInteger(minutes) || minutes < 0) {
    throw new UsageError(`MINUTES "${givenMinutes}": expected a whole number from 0`);
  }
  const folder = await Deno.makeTempDir({ prefix: "twf-bench-" });
  try {
    await using made = givenRoot ? null : await publishedRoot([0, 1, 2, 3, 4, 5], ["tmp2m", "wspd10m"]);
    const dataRoot = await Deno.realPath(givenRoot ?? made!.dataRoot);
    const run = await runOfManyHours(dataRoot, await firstModel(dataRoot), HOURS, folder);
    say(`${run.model} ${run.run}: ${run.hours} hours, of ${run.ownHours} different frames`);
    const faults = await measure(run.dataRoot, run.hours, minutes);
    if (faults > 0) throw new Error(`${faults} wrong frames or unexpected requests`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function firstModel(dataRoot: string): Promise<ModelId> {
  const names = (await Array.fromAsync(Deno.readDir(`${dataRoot}/published`))).map(({ name }) => name).sort();
  const [model] = names;
  if (!model) throw new UsageError(`Nothing is published below ${dataRoot}`);
  return modelIdSchema.parse(model);
}

/** Measures sizes, times, loops, scrubbing and memory. @returns the number of wrong frames and requests */
async function measure(dataRoot: string, hours: number, minutes: number): Promise<number> {
  say(`load of the machine at the start: ${Deno.loadavg()[1]!.toFixed(1)}`);
  await printSizes();
  const browser = await launchBrowser();
  try {
    await printTimes(browser, dataRoot);
    await using server = await ServerProcess.start(dataRoot, {});
    const faults = await printLoops(browser, server.url, hours) + await printScrubs(browser, server.url);
    await printMemory(browser, server.url, minutes);
    say(`load of the machine at the end: ${Deno.loadavg()[1]!.toFixed(1)}`);
    return faults;
  } finally {
    await browser.close();
  }
}

async function printSizes(): Promise<void> {
  const own = await ownScriptsSize();
  const built = await builtSizes();
  printTable(
    ["file", "bytes", "gzip"],
    [...built, own].map(({ name, bytes, gzipBytes }) => [name, bytes, gzipBytes]),
  );
  const isMet = own.gzipBytes <= OWN_SCRIPTS_LIMIT_BYTES;
  print(
    `Own scripts: ${own.gzipBytes} bytes; the limit of ${OWN_SCRIPTS_LIMIT_BYTES} is ${isMet ? "met" : "NOT met"}\n`,
  );
}

async function printTimes(browser: Browser, dataRoot: string): Promise<void> {
  const rows: (string | number)[][] = [];
  const add = (name: string, ms: readonly number[], targetMs: number) => {
    const [p50, p95] = [quantile(ms, 0.5), quantile(ms, 0.95)];
    const times = [Math.min(...ms), p50, p95].map((each) => each.toFixed(0));
    rows.push([name, ms.length, ...times, `< ${targetMs}`, verdict(p50, p95, targetMs)]);
  };
  const stages: (string | number)[][] = [];
  await using server = await ServerProcess.start(dataRoot, {});
  for (const [name, targetMs, conditions] of [["this machine", 1500], ["fast 4G, CPU / 4", 3000, FAST_4G]] as const) {
    say(`first frame, ${name}`);
    await firstFrame(browser, server.url, conditions); // starts the browser's processes
    const visits: FirstFrame[] = [];
    for (let round = 0; round < ROUNDS; round++) visits.push(await firstFrame(browser, server.url, conditions));
    add(`first frame, ${name}`, visits.map(({ drawnMs }) => drawnMs), targetMs);
    const p50 = (of: (visit: FirstFrame) => number) => quantile(visits.map(of), 0.5).toFixed(0);
    stages.push([
      name,
      p50(({ documentMs }) => documentMs),
      p50(({ scriptsMs }) => scriptsMs),
      p50(({ firstTileAskedMs }) => firstTileAskedMs),
      p50(({ lastTileMs }) => lastTileMs),
      p50(({ drawnMs }) => drawnMs),
      p50(({ pageCpuMs }) => pageCpuMs),
      p50(({ graphicsCpuMs }) => graphicsCpuMs),
    ]);
  }
  say("frame changes");
  add("next hour, nothing of it there, server neither", await coldChanges(browser, server.url, STEPS), 250);
  add("next hour, nothing of it there", await coldChanges(browser, server.url, STEPS), 250);
  const warm = await warmChanges(browser, server.url, STEPS);
  add("next hour, its tiles in memory", warm.next, 100);
  add("an hour shown just before", warm.back, 100);
  say("loop starts");
  for (const isBuffered of [false, true]) {
    const ms = [];
    for (let round = 0; round < ROUNDS / 2; round++) ms.push(await loopStart(browser, server.url, isBuffered));
    add(isBuffered ? "play, all in memory" : "play, right after the first frame", ms, 1000);
  }
  printTable(["ms from asking to drawn", "n", "best", "p50", "p95", "target", "met"], rows);
  printTable([
    "first frame, p50 ms",
    "document",
    "scripts",
    "first tile asked",
    "last tile there",
    "drawn",
    "CPU of the page",
    "CPU of graphics",
  ], stages);
}

function verdict(p50: number, p95: number, targetMs: number): string {
  return p95 < targetMs ? "yes" : p50 < targetMs ? "p50 yes, p95 **no**" : "**no**";
}

/** Prints the loops. @returns the number of requests while they played */
async function printLoops(browser: Browser, origin: string, hours: number): Promise<number> {
  say("loops");
  const loops = await warmLoops(browser, origin, hours, LOOPS);
  printTable(
    ["loop", "requests", "step p50 ms", "step p95 ms", "hours left out"],
    loops.map(({ requests, stepMs, skipped }, i) => [
      i + 1,
      requests.length,
      quantile(stepMs, 0.5).toFixed(0),
      quantile(stepMs, 0.95).toFixed(0),
      skipped,
    ]),
  );
  for (const path of new Set(loops.flatMap(({ requests }) => requests))) say(`asked while it played: ${path}`);
  return loops.reduce((sum, { requests }) => sum + requests.length, 0);
}

/** Prints the scrubs. @returns the number of frames that were wrong or empty */
async function printScrubs(browser: Browser, origin: string): Promise<number> {
  say("scrubbing");
  const { scrubs, likenessOfNeighbours } = await scrubAll(browser, origin, await legendsOf(origin), SCRUB_ROUNDS);
  printTable(
    ["", "animation frames", "weather frames", "wrong clock or legend", "wrong picture", "empty"],
    scrubs.map(({ name, verdict }) => [
      name,
      verdict.frames,
      verdict.hours,
      verdict.wrongText,
      verdict.wrongPicture,
      verdict.empty,
    ]),
  );
  say(`images of successive hours are alike at up to ${(likenessOfNeighbours * 100).toFixed(0)} % of places`);
  return scrubs.reduce((sum, { verdict }) => sum + verdict.wrongText + verdict.wrongPicture + verdict.empty, 0);
}

/** Returns the legend's title of each variable in the first model's latest run. */
async function legendsOf(origin: string): Promise<Record<string, string>> {
  const read = async (url: string) => await (await fetch(origin + url)).json();
  const { models: [model] } = modelsAnswerSchema.parse(await read(MODELS_URL));
  const { vars } = varsAnswerSchema.parse(await read(varsUrl(model!.id, "latest")));
  const shown = vars.filter(({ available_frames: available }) => available > 0);
  return Object.fromEntries(shown.map(({ id, name, units }) => [id, `${name} ${units}`]));
}

async function printMemory(browser: Browser, origin: string, minutes: number): Promise<void> {
  if (minutes === 0) return;
  say("memory");
  const rows: (string | number)[][] = [];
  for await (const { minute, heap, page, graphics, frames } of memoryOfLoop(browser, origin, minutes)) {
    rows.push([minute, frames, heap.toFixed(1), page.toFixed(0), graphics.toFixed(0)]);
    say(`minute ${minute}: heap ${heap.toFixed(1)} MB, page ${page.toFixed(0)} MB, graphics ${graphics.toFixed(0)} MB`);
  }
  printTable(["minute", "frames shown", "JS heap MB", "page's process MB", "graphics process MB"], rows);
}

if (import.meta.main) await runMain(main, USAGE);
