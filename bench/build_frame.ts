import { print, say } from "../builder/cli/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { gdal } from "../builder/gdal/library.ts";
import { stageFrame } from "../builder/publish/stage_frame.ts";
import { type Cost, costOf, costOfCommand, median, medianCost, printTable } from "./measure.ts";
import { type ChainCost, LEVELS, runGdalChain } from "./gdal_chain.ts";
import { buildRealFrame, gribPath, realFrame, realInput } from "./real_frames.ts";

/**
 * CPU and wall time of one frame, GRIB to staged with gates, hashes and sidecar, against GDAL's command-line programs
 * making the same two COGs (without gates, hashes and sidecar). The sides take turns, so that a slower or busier
 * machine slows both; what counts is their ratio.
 */

const ROUNDS = 9;
const FH = 1;
const USAGE = "usage: deno task bench:build-frame [DATA_FOLDER]";

interface Round {
  readonly command: Cost;
  readonly warm: Cost;
  readonly chain: ChainCost;
  readonly phasesMs: Readonly<Record<string, number>>;
}

async function main(): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "twf-bench-" });
  try {
    const library = gdal();
    const grib = gribPath(FH);
    const input = await realInput(FH);
    buildRealFrame(FH, input); // the first frame of a process compiles and loads; it is not a warm one
    const rounds: Round[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      rounds.push(await round(`${work}/${i}`, grib, library.path, input));
      say(`round ${i + 1} of ${ROUNDS}`);
    }
    report(rounds, library.version);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function round(
  folder: string,
  grib: string,
  library: string,
  input: Awaited<ReturnType<typeof realInput>>,
): Promise<Round> {
  await Deno.mkdir(folder);
  const command = await costOfCommand(ourCommand(grib, `${folder}/command`, library), {
    env: { TWF_V3_GDAL_LIB: library },
  });
  const chain = await runGdalChain(grib, folder);
  let phasesMs = {};
  const warm = await costOf(async () => {
    const built = buildRealFrame(FH, input);
    await stageFrame(`${folder}/warm`, built);
    phasesMs = built.timingsMs;
  });
  return { command, warm, chain, phasesMs };
}

/** What the task `build-frame` runs once it has located the library. */
function ourCommand(grib: string, dataRoot: string, library: string): string[] {
  const { model, run, var: variable, fh } = realFrame(FH);
  const permissions = [`--allow-ffi=${library}`, "--allow-env", "--allow-read", "--allow-write", "--allow-net"];
  const script = new URL("../builder/cli/build_frame.ts", import.meta.url).pathname;
  const frame = ["--model", model, "--run", run, "--var", variable, "--fh", String(fh)];
  return [Deno.execPath(), "run", "--quiet", ...permissions, script, ...frame, "--grib", grib, "--data-root", dataRoot];
}

function report(rounds: readonly Round[], version: string): void {
  const chainAt = (level: typeof LEVELS[number]) => medianCost(rounds.map(({ chain }) => chain.costs[level]));
  const chain = chainAt(LEVELS[0]);
  const row = (name: string, { wallMs, cpuMs }: Cost) => [
    name,
    wallMs.toFixed(0),
    cpuMs.toFixed(0),
    (cpuMs / chain.cpuMs).toFixed(2),
  ];
  print(`Medians of ${rounds.length} rounds, GDAL ${version}`);
  printTable(["", "wall ms", "CPU ms", "CPU / chain"], [
    row("our command, one frame a process", medianCost(rounds.map((round) => round.command))),
    row("our frame in a warm process", medianCost(rounds.map((round) => round.warm))),
    ...LEVELS.map((level) => row(`GDAL command chain, picture at level ${level}`, chainAt(level))),
    ...Object.keys(rounds[0]!.chain.steps).map((name) =>
      row(`of it ${name}`, medianCost(rounds.map((round) => round.chain.steps[name]!)))
    ),
  ]);
  const phases = Object.keys(rounds[0]!.phasesMs);
  printTable(
    ["phase of our warm frame", "wall ms"],
    phases.map((phase) => [phase, median(rounds.map((round) => round.phasesMs[phase]!)).toFixed(1)]),
  );
}

if (import.meta.main) await runMain(main, USAGE);
