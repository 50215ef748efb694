import { type FrameId, runIdOf } from "../contract/identity.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { UsageError } from "../builder/cli/usage_error.ts";
import { linkRun, unlinkRun } from "./linked_runs.ts";
import { printTable } from "./measure.ts";
import { realFrame } from "./real_frames.ts";
import { anyTile } from "./real_requests.ts";
import { ServerProcess } from "./server_process.ts";
import { publishFrames } from "./tiles.ts";

/**
 * Memory and open files of the real server over a day of runs: every "hour" a run of new frames is published, its tiles
 * are requested, and all runs but the newest two are removed from the disk, as retention does.
 */

const USAGE = `usage: deno task bench:churn [DATA_FOLDER [MOST_GROWTH]]
  MOST_GROWTH  by how much memory may grow from the middle third of the tiles to the last; default: 0.05`;

const RUNS = 25;
const HOURS = 20;
const TILES_PER_RUN = 4000;
const KEPT_RUNS = 2;
const CLIENTS = 8;
const TOLD_EVERY = 10_000;
const FIRST_CYCLE_MS = Date.UTC(2026, 0, 30);

interface Reading {
  readonly tiles: number;
  readonly rssMb: number;
  readonly openFiles: number;
}

async function main([, mostGrowthText = "0.05"]: readonly string[]): Promise<void> {
  const mostGrowth = Number(mostGrowthText);
  if (!(mostGrowth > 0 && mostGrowth < 10)) throw new UsageError(`"${mostGrowthText}": expected a share such as 0.05`);
  if (await growth() > mostGrowth) {
    say(`FAIL  memory grew by more than ${mostGrowth * 100} %`);
    Deno.exit(1);
  }
}

/** Returns the growth of memory from the middle third of the tiles to the last third, as a share. */
async function growth(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "twf-churn-" });
  try {
    const dataRoot = `${folder}/data`;
    await publishFrames(dataRoot);
    await using server = await ServerProcess.start(dataRoot, {});
    const readings = await churn(server, dataRoot);
    printTable(
      ["tiles", "frames so far", "RSS MB", "files and sockets"],
      readings.map((
        { tiles, rssMb, openFiles },
      ) => [tiles, tiles / TILES_PER_RUN * HOURS, rssMb.toFixed(0), openFiles]),
    );
    const share = growthOf(readings);
    print(`Growth of memory from the middle third of the tiles to the last: ${(share * 100).toFixed(1)} %.`);
    return share;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function churn(server: ServerProcess, dataRoot: string): Promise<Reading[]> {
  const readings: Reading[] = [];
  const runs: FrameId[][] = [];
  let tiles = 0;
  for (let hour = 0; hour < RUNS; hour++) {
    const run = runIdOf(new Date(FIRST_CYCLE_MS + hour * 3_600_000));
    const frames = await linkRun(dataRoot, [realFrame(0), realFrame(1)], run, HOURS);
    runs.push(frames);
    let left = TILES_PER_RUN;
    const client = async () => {
      while (left > 0) {
        const path = anyTile(frames[left-- % frames.length]!);
        const response = await fetch(server.url + path);
        await response.body?.cancel();
        if (response.status !== 200 && response.status !== 204) throw new Error(`${path}: ${response.status}`);
        if (++tiles % TOLD_EVERY === 0) {
          readings.push({ tiles, rssMb: server.memoryMb(), openFiles: await server.openFiles() });
          say(`${tiles} tiles: ${server.memoryMb().toFixed(0)} MB`);
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    if (runs.length > KEPT_RUNS) await unlinkRun(dataRoot, runs.shift()![0]!);
  }
  return readings;
}

/**
 * Returns the growth of the mean of the last third over the mean of the middle third: single readings depend on when
 * garbage was collected.
 */
function growthOf(readings: readonly Reading[]): number {
  const third = Math.floor(readings.length / 3);
  const mean = (of: readonly Reading[]) => of.reduce((sum, { rssMb }) => sum + rssMb, 0) / of.length;
  return mean(readings.slice(-third)) / mean(readings.slice(-2 * third, -third)) - 1;
}

if (import.meta.main) await runMain(main, USAGE);
