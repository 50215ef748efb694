import { rootsBelow } from "../contract/paths.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { buildFrame } from "../builder/frame/build_frame.ts";
import { type FrameInput, localInput } from "../builder/frame/frame_input.ts";
import { gdal } from "../builder/gdal/library.ts";
import { findModel } from "../builder/models/registry.ts";
import { stageFrame } from "../builder/publish/stage_frame.ts";
import { type Cost, costOf, costOfCommand, median, medianCost, printTable } from "./measure.ts";
import { type ChainCost, LEVELS, runGdalChain } from "./gdal_chain.ts";
import { type BenchFrame, benchFrames } from "./real_frames.ts";
import { leadText } from "../contract/lead.ts";

/**
 * CPU and wall time of a frame from GRIB to staged (with gates, hashes and sidecar), compared with GDAL's command-line
 * programs that make the same two COGs and contours (without gates, hashes and sidecar). The two sides take turns, so
 * that a slower or busier machine slows both; the result is their ratio.
 */

const ROUNDS = 7;
const USAGE = "usage: deno task bench:build-frame [DATA_FOLDER]";
const MODEL = findModel("hrrr");

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
    print(`Medians of ${ROUNDS} rounds, GDAL ${library.version}`);
    for (const frame of await benchFrames(work)) {
      const input = await localInput(frame.files, frame.variable, frame.frame);
      buildFrame(frame.frame, MODEL, frame.variable, input); // the first frame of a process is not warm
      const rounds: Round[] = [];
      for (let i = 0; i < ROUNDS; i++) {
        rounds.push(await round(`${work}/${frame.variable.id}${i}`, frame, library.path, input));
        say(`${frame.variable.id}: round ${i + 1} of ${ROUNDS}`);
      }
      report(frame, rounds);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function round(folder: string, frame: BenchFrame, library: string, input: FrameInput): Promise<Round> {
  await Deno.mkdir(folder);
  const command = await costOfCommand(ourCommand(frame, `${folder}/command`, library), {
    env: { TWF_V3_GDAL_LIB: library },
  });
  const chain = await runGdalChain(frame, folder);
  let phasesMs = {};
  const warm = await costOf(async () => {
    const built = buildFrame(frame.frame, MODEL, frame.variable, input);
    await stageFrame(rootsBelow(`${folder}/warm`), built);
    phasesMs = built.timingsMs;
  });
  return { command, warm, chain, phasesMs };
}

/** The command that the task `build-frame` runs once it has located the library. */
function ourCommand({ frame, files }: BenchFrame, dataRoot: string, library: string): string[] {
  const permissions = [`--allow-ffi=${library}`, "--allow-env", "--allow-read", "--allow-write", "--allow-net"];
  const script = new URL("../builder/cli/build_frame.ts", import.meta.url).pathname;
  const identity = ["--model", frame.model, "--run", frame.run, "--var", frame.var, "--fh", leadText(frame.lead)];
  const inputs = files.flatMap((file) => ["--grib", file]);
  return [Deno.execPath(), "run", "--quiet", ...permissions, script, ...identity, ...inputs, "--data-root", dataRoot];
}

function report({ variable }: BenchFrame, rounds: readonly Round[]): void {
  const chainAt = (level: typeof LEVELS[number]) => medianCost(rounds.map(({ chain }) => chain.costs[level]));
  const chain = chainAt(LEVELS[0]);
  const row = (name: string, { wallMs, cpuMs }: Cost) => [
    name,
    wallMs.toFixed(0),
    cpuMs.toFixed(0),
    (cpuMs / chain.cpuMs).toFixed(2),
  ];
  printTable([variable.id, "wall ms", "CPU ms", "CPU / chain"], [
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
