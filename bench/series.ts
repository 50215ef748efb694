import { createHash } from "node:crypto";
import { MAX_POINTS } from "../contract/api.ts";
import { frameFields, type FrameId, isoSeconds, type RunId, validTime, type VarId } from "../contract/identity.ts";
import { leadOfHours, leadText, wholeHours } from "../contract/lead.ts";
import { type Manifest, manifestSchema } from "../contract/manifest.ts";
import { artifactName, artifactPath, type DataRoots, locate, manifestPath, rootsBelow } from "../contract/paths.ts";
import { rowIndexBytes } from "../tests/support/value_cog_file.ts";
import { type Sidecar, sidecarSchema } from "../contract/sidecar.ts";
import { writeJsonAtomically } from "../builder/disk/atomic_write.ts";
import { say } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { buildFrame, type BuiltFrame } from "../builder/frame/build_frame.ts";
import { localInput } from "../builder/frame/frame_input.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { emptyManifest, withFrame } from "../builder/publish/edit_manifest.ts";
import { readFrameSidecar } from "../builder/publish/frame_sidecar.ts";
import { stageFrame } from "../builder/publish/stage_frame.ts";
import { moveToPublished } from "../builder/publish/staged_frame.ts";
import { startServer } from "../tests/support/server_process.ts";
import { printTable, quantile, seededRandom } from "./measure.ts";
import { benchFrames, HRRR_GRID } from "./real_frames.ts";

/**
 * Time of a series of 49 hours, of one variable and of three, with and without the row index of value COGs: over frames
 * that the server has not read yet, over known frames at another point, and at the same point again. Frames are real
 * ones, the same for all hours; runs are links to the first run, so that each run is new to the server while the pages
 * of its files are in memory.
 */

const USAGE = "usage: deno task bench:series [DATA_FOLDER]";
const HOURS = Array.from({ length: 49 }, (_, hour) => leadOfHours(hour));
const RUNS = Array.from({ length: 24 }, (_, hour) => `20260129_${String(hour).padStart(2, "0")}z` as RunId);
/** Runs that are not reported: they warm up the server's code. */
const WARM_UP_RUNS = 4;
const HOT_ROUNDS = 10;
const random = seededRandom(49);

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "twf-bench-" });
  try {
    const built = [];
    for (const { frame, variable, files } of await benchFrames(folder)) {
      built.push(buildFrame(frame, hrrr, variable, await localInput(files, variable, frame)));
    }
    const rows: (string | number)[][] = [];
    for (const layout of ["groups", "whole blocks"] as const) {
      say(`Publishing ${RUNS.length} runs of ${HOURS.length} hours, ${layout}`);
      const dataRoot = `${folder}/${layout.replace(" ", "-")}`;
      await publishRuns(rootsBelow(dataRoot), layout === "groups" ? built : built.map(withoutRowIndex));
      for (const count of [1, built.length]) {
        const variables = built.slice(0, count).map(({ frame }) => frame.var);
        rows.push(...(await measure(dataRoot, variables)).map((cells) => [layout, count, ...cells]));
      }
      const samples = await measureSamples(dataRoot, built[0]!.frame.var);
      rows.push(...samples.map((cells) => [layout, 1, ...cells]));
    }
    printTable(["value COG", "variables", "request", "n", "p50 ms", "p95 ms"], rows);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Returns the frame as builders made it before there were row groups: its value COG has no row index. */
function withoutRowIndex(built: BuiltFrame): BuiltFrame {
  const values = built.artifacts.values.slice(0, -rowIndexBytes(HRRR_GRID));
  const sha256 = createHash("sha256").update(values).digest("hex");
  const { artifacts } = built.sidecar;
  const described = { ...artifacts, values: { ...artifacts.values, bytes: values.length, sha256 } };
  return { ...built, artifacts: { ...built.artifacts, values }, sidecar: { ...built.sidecar, artifacts: described } };
}

/** Writes the first run as the builder does, and the other runs as links to it. */
async function publishRuns(roots: DataRoots, variables: readonly BuiltFrame[]): Promise<void> {
  const [first, ...others] = RUNS as [RunId, ...RunId[]];
  let manifest = emptyManifest({ model: hrrr.id, run: first });
  for (const hour of HOURS) {
    for (const built of variables) {
      const frame: FrameId = { ...built.frame, run: first, lead: hour };
      const sidecar = movedTo(built.sidecar, frame);
      const none = Uint8Array.of(1);
      const artifacts = { ...built.artifacts, rgba: none, tiles: none, contours: null, wind: null };
      await stageFrame(roots, { ...built, frame, sidecar, artifacts });
      await moveToPublished(roots, frame);
      const found = await readFrameSidecar(locate(roots, artifactPath("published", frame, "sidecar")));
      manifest = withFrame(manifest, hrrr, frame, found!);
    }
  }
  await writeManifest(roots, manifest);
  for (const run of others) {
    let manifest = emptyManifest({ model: hrrr.id, run });
    for (const built of variables) {
      for (const hour of HOURS) {
        const [from, to] = [{ ...built.frame, run: first, lead: hour }, { ...built.frame, run, lead: hour }];
        const path = (frame: FrameId, kind: "values" | "sidecar") =>
          locate(roots, artifactPath("published", frame, kind));
        await writeJsonAtomically(path(to, "sidecar"), movedTo(built.sidecar, to));
        await Deno.link(path(from, "values"), path(to, "values"));
        manifest = withFrame(manifest, hrrr, to, (await readFrameSidecar(path(to, "sidecar")))!);
      }
    }
    await writeManifest(roots, manifest);
  }
}

function movedTo(sidecar: Sidecar, frame: FrameId): Sidecar {
  const { rgba, values } = sidecar.artifacts;
  return sidecarSchema.parse({
    ...sidecar,
    ...frameFields(frame),
    valid_time: isoSeconds(validTime(frame.run, frame.lead)),
    artifacts: {
      rgba: { ...rgba, file: artifactName(frame.lead, "rgba") },
      values: { ...values, file: artifactName(frame.lead, "values") },
    },
  });
}

async function writeManifest(roots: DataRoots, manifest: Manifest): Promise<void> {
  await writeJsonAtomically(locate(roots, manifestPath(hrrr.id, manifest.run)), manifestSchema.parse(manifest));
}

type Point = readonly [latDeg: number, lonDeg: number];

/** Returns a random point inland, where every variable has values. */
function randomPoint(): Point {
  return [32 + random() * 14, -118 + random() * 38];
}

async function measure(dataRoot: string, variables: readonly VarId[]): Promise<(string | number)[][]> {
  await using server = await startServer(dataRoot);
  const ask = (run: RunId, [lat, lon]: Point) =>
    timeOf(`${server.origin}/api/v3/series?model=hrrr&run=${run}&var=${variables}&lat=${lat}&lon=${lon}`);
  const times = { cold: [] as number[], "known frames, another point": [] as number[], hot: [] as number[] };
  for (const [i, run] of RUNS.entries()) {
    await timeOf(`${server.origin}/api/v3/hrrr/${run}/manifest`); // the catalogue is not measured
    const [here, there] = [randomPoint(), randomPoint()];
    const cold = await ask(run, here);
    const known = await ask(run, there);
    const hot = [];
    for (let round = 0; round < HOT_ROUNDS; round++) hot.push(await ask(run, there));
    if (i < WARM_UP_RUNS) continue;
    times.cold.push(cold);
    times["known frames, another point"].push(known);
    times.hot.push(...hot);
  }
  return Object.entries(times).map(([name, ms]) => [`series, ${name}`, ...quantiles(ms)]);
}

/** Measures the first reads of frames: with one point, and with as many points as a request may have. */
async function measureSamples(dataRoot: string, variable: VarId): Promise<(string | number)[][]> {
  await using server = await startServer(dataRoot);
  const times = { one: [] as number[], many: [] as number[] };
  for (const [i, run] of RUNS.entries()) {
    await timeOf(`${server.origin}/api/v3/hrrr/${run}/manifest`);
    for (const hour of HOURS.slice(0, 5)) {
      const [lat, lon] = randomPoint();
      const one = await timeOf(
        `${server.origin}/api/v3/sample?model=hrrr&run=${run}&var=${variable}&fh=${
          leadText(hour)
        }&lat=${lat}&lon=${lon}`,
      );
      const points = Array.from({ length: MAX_POINTS }, randomPoint).map(([lat, lon]) => ({ lat, lon }));
      const many = await timeOf(`${server.origin}/api/v3/sample`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "hrrr", run, var: variable, fh: wholeHours(hour)! + 5, points }),
      });
      if (i < WARM_UP_RUNS) continue;
      times.one.push(one);
      times.many.push(many);
    }
  }
  return [["sample, cold", ...quantiles(times.one)], [`${MAX_POINTS} samples, cold`, ...quantiles(times.many)]];
}

/** Returns the milliseconds until the whole answer has arrived. @throws Error when its status is not 200 */
async function timeOf(url: string, init: RequestInit = {}): Promise<number> {
  const started = performance.now();
  const response = await fetch(url, init);
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return performance.now() - started;
}

function quantiles(ms: readonly number[]): (string | number)[] {
  return [ms.length, quantile(ms, 0.5).toFixed(2), quantile(ms, 0.95).toFixed(2)];
}

if (import.meta.main) await runMain(main, USAGE);
