import { type FrameId, runIdOf } from "../contract/identity.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { say } from "../builder/operations/terminal.ts";
import { UsageError } from "../builder/cli/usage_error.ts";
import { bestLoad } from "./best_load.ts";
import { linkRun } from "./linked_runs.ts";
import { fetchClient, wrkClient } from "./load.ts";
import { printTable } from "./measure.ts";
import { realFrame } from "./real_frames.ts";
import { anyTile, mixedTiles, points, seriesAt } from "./real_requests.ts";
import { ServerProcess } from "./server_process.ts";
import { publishFrames } from "./tiles.ts";

/** The whole server in one table: kinds of answers by number of clients. */

const USAGE = `usage: deno task bench:matrix [DATA_FOLDER [SECONDS [ROUNDS]]]
  SECONDS  of each load; default: 3
  ROUNDS   of which the best counts; default: 3`;

const CLIENTS = [1, 8, 32, 100, 500];
const HOT_TILES = 200;
const POINTS = 2000;
/** Hours of each run; a series is over all of them. */
const HOURS = 49;
/**
 * Number of runs: enough that the server has forgotten a frame's open files and sidecar when the frame's turn comes
 * again.
 */
const RUNS = 24;
const FIRST_CYCLE_MS = Date.UTC(2026, 0, 30);
const NO_TILE_CACHE = { TWF_V3_TILE_CACHE_MB: "0" };
const WARM_UP = { clients: 4, seconds: 2 };

interface Kind {
  readonly name: string;
  readonly paths: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

async function main([, secondsText = "3", roundsText = "3"]: readonly string[]): Promise<void> {
  const [seconds, rounds] = [secondsText, roundsText].map(Number) as [number, number];
  if (!(Number.isInteger(seconds) && seconds > 0 && Number.isInteger(rounds) && rounds > 0)) {
    throw new UsageError(`"${secondsText} ${roundsText}": expected whole numbers of seconds and rounds`);
  }
  const folder = await Deno.makeTempDir({ prefix: "twf-matrix-" });
  try {
    const dataRoot = `${folder}/data`;
    await publishFrames(dataRoot);
    const frames: FrameId[] = [];
    for (let i = 0; i < RUNS; i++) {
      const run = runIdOf(new Date(FIRST_CYCLE_MS + i * 3_600_000));
      frames.push(...await linkRun(dataRoot, [realFrame(0), realFrame(1)], run, HOURS));
    }
    const client = await wrkClient(folder) ?? fetchClient;
    say(client === fetchClient ? "load by fetch: wrk is not installed" : "load by wrk");
    const rows: (string | number)[][] = [];
    for (const { name, paths, environment } of kindsOver(frames)) {
      await using server = await ServerProcess.start(dataRoot, environment);
      await client({ origin: server.url, paths, ...WARM_UP });
      for (const clients of CLIENTS) {
        const { load, cpuMsEach } = await bestLoad(server, client, paths, { clients, seconds, rounds });
        const { perSecond, p50Ms, p95Ms, p99Ms, bytes, requests } = load;
        const latencies = [p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(2));
        const size = (bytes / requests).toFixed(0);
        rows.push([
          name,
          clients,
          perSecond.toFixed(0),
          ...latencies,
          cpuMsEach.toFixed(3),
          size,
          server.memoryMb().toFixed(0),
        ]);
      }
      say(`${name}: done`);
    }
    printTable(
      ["", "clients", "per s", "p50 ms", "p95 ms", "p99 ms", "server CPU ms each", "bytes each", "RSS MB"],
      rows,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function kindsOver(frames: readonly FrameId[]): Kind[] {
  const tiles = mixedTiles([realFrame(0), realFrame(1)]);
  return [
    { name: "cold tile", paths: tiles, environment: NO_TILE_CACHE },
    { name: "hot tile", paths: tiles.slice(0, HOT_TILES), environment: {} },
    { name: "first touch of a frame", paths: frames.map(anyTile), environment: NO_TILE_CACHE },
    { name: "sample", paths: points([realFrame(0), realFrame(1)], POINTS), environment: {} },
    { name: `series of ${HOURS} hours`, paths: seriesAt(frames.at(-1)!, POINTS), environment: {} },
  ];
}

if (import.meta.main) await runMain(main, USAGE);
