import { rootsBelow } from "../contract/paths.ts";
import { latitude, longitude } from "../contract/projection.ts";
import { sampleUrl } from "../contract/urls.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { showing } from "../tests/support/published_root.ts";
import { publishFrame } from "../builder/publish/publish_frame.ts";
import { stageFrame } from "../builder/publish/stage_frame.ts";
import { fetchClient, type Load, type LoadClient, wrkClient } from "./load.ts";
import { median, printTable } from "./measure.ts";
import { buildRealFrame, HRRR_GRID, realFrame, realInput } from "./real_frames.ts";
import { blockTour, mixedTiles, points, tileAt, tilePath } from "./real_requests.ts";
import { bestLoad } from "./best_load.ts";
import { ServerProcess } from "./server_process.ts";

/**
 * Requests per second, latency and server CPU of the real server over two real frames. The load comes from another
 * process; both share the machine's cores, so the rates are those of a machine that also runs the clients.
 */

const USAGE = "usage: deno task bench:tiles [DATA_FOLDER]";
const FHS = [0, 1];
const SECONDS = 3;
const ROUNDS = 3;
const CLIENTS = [1, 8, 32];
const MANY_CLIENTS = 500;
const FRAMES = FHS.map(realFrame);
const HOT_TILES = 200;
const POINTS = 2000;
/** Approximate sizes of a tile and of a sample. */
const HOT_BYTES = 36_000;
const SAMPLE_BYTES = 150;
const NO_TILE_CACHE = { TWF_V3_TILE_CACHE_MB: "0" };
/**
 * The smallest block cache, 32 decoded blocks: two frames have more blocks, so that a tour through all blocks never
 * finds one in the cache.
 */
const SMALL_BLOCK_CACHE = { TWF_V3_BLOCK_CACHE_MB: "8" };

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "twf-bench-" });
  try {
    const dataRoot = `${folder}/data`;
    await publishFrames(dataRoot);
    const wrk = await wrkClient(folder);
    say(wrk ? "load by wrk" : "load by fetch: wrk is not installed");
    const rows: (string | number)[][] = [];
    const bench = new Bench(dataRoot, wrk ?? fetchClient, rows);
    await bench.run("cold tiles", mixedTiles(FRAMES), NO_TILE_CACHE, [...CLIENTS, MANY_CLIENTS]);
    await bench.run(
      "cold tiles, no block decoded",
      blockTour(FRAMES),
      { ...NO_TILE_CACHE, ...SMALL_BLOCK_CACHE },
      CLIENTS,
    );
    await bench.run("hot tiles", mixedTiles(FRAMES).slice(0, HOT_TILES), {}, CLIENTS);
    await bench.runBare(HOT_BYTES);
    await bench.run("samples", points(FRAMES, POINTS), {}, CLIENTS);
    await bench.runBare(SAMPLE_BYTES);
    printTable(
      ["", "clients", "per s", "p50 ms", "p99 ms", "server CPU ms each", "bytes each", "server peak MB"],
      rows,
    );
    await firstTouches(dataRoot);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Publishes the real frames that are measured. */
export async function publishFrames(dataRoot: string): Promise<void> {
  for (const hour of FHS) {
    await stageFrame(rootsBelow(dataRoot), buildRealFrame(hour, await realInput(hour)));
    await publishFrame(rootsBelow(dataRoot), hrrr, realFrame(hour), showing(hrrr, dataRoot));
  }
}

class Bench {
  constructor(readonly dataRoot: string, readonly client: LoadClient, readonly rows: (string | number)[][]) {}

  /** Measures a kind of load on its own server, whose code and caches the load itself warms up. */
  async run(
    name: string,
    paths: readonly string[],
    environment: Readonly<Record<string, string>>,
    clientCounts: readonly number[],
  ): Promise<void> {
    await using server = await ServerProcess.start(this.dataRoot, environment);
    await this.#measure(server, name, paths, clientCounts);
  }

  /** Measures the runtime's own limit on this machine, with this client, for an answer of that size. */
  async runBare(sizeBytes: number): Promise<void> {
    await using server = await ServerProcess.startBare(sizeBytes);
    await this.#measure(server, "bare Deno.serve", ["/"], CLIENTS);
  }

  async #measure(
    server: ServerProcess,
    name: string,
    paths: readonly string[],
    clientCounts: readonly number[],
  ): Promise<void> {
    await this.client({ origin: server.url, paths, clients: 4, seconds: 2 });
    for (const clients of clientCounts) {
      const amount = { clients, seconds: SECONDS, rounds: ROUNDS };
      const { load, cpuMsEach } = await bestLoad(server, this.client, paths, amount);
      this.rows.push(row(name, clients, load, cpuMsEach, server.peakMemoryMb()));
    }
    say(`${name}: done`);
  }
}

function row(name: string, clients: number, load: Load, cpuMs: number, peakMb: number): (string | number)[] {
  const { perSecond, p50Ms, p99Ms, bytes, requests } = load;
  return [
    name,
    clients,
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    cpuMs.toFixed(3),
    (bytes / requests).toFixed(0),
    peakMb.toFixed(0),
  ];
}

/** Measures the latency of the first request for a frame, in a server that is otherwise warm. */
async function firstTouches(dataRoot: string): Promise<void> {
  const { westM, eastM, southM, northM } = HRRR_GRID;
  const [xM, yM] = [(westM + eastM) / 2, (southM + northM) / 2];
  const tile = (hour: number) => tilePath(realFrame(hour), tileAt(7, xM, yM));
  const point = (hour: number) => sampleUrl({ ...realFrame(hour), latDeg: latitude(yM), lonDeg: longitude(xM) });
  const measured = { tile: [] as number[], sample: [] as number[] };
  for (let i = 0; i < 5; i++) {
    await using server = await ServerProcess.start(dataRoot, NO_TILE_CACHE);
    for (let n = 0; n < 300; n++) await timeOf(server.url + (n % 2 ? tile(0) : point(0)));
    measured.sample.push(await timeOf(server.url + point(1)));
    measured.tile.push(await timeOf(server.url + tile(1)));
  }
  print("First touch of a frame, five fresh servers that had served another frame:");
  printTable(
    ["", "median ms", "worst ms"],
    Object.entries(measured).map(([name, times]) => [name, median(times).toFixed(1), Math.max(...times).toFixed(1)]),
  );
}

async function timeOf(url: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return performance.now() - started;
}

if (import.meta.main) await runMain(main, USAGE);
