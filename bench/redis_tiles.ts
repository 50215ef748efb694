import { getLogger } from "@logtape/logtape";
import { runMain } from "../builder/cli/run_main.ts";
import { print } from "../builder/operations/terminal.ts";
import { MERCATOR_HALF_SIDE_M } from "../contract/projection.ts";
import type { TileId } from "../contract/tile.ts";
import { makeBlockCache } from "../server/cog/block_cache.ts";
import { RgbaCog } from "../server/cog/rgba_cog.ts";
import { drawTile } from "../server/tile/draw_tile.ts";
import { RedisTiles } from "../server/tile/redis_tiles.ts";
import { RedisServer } from "../tests/support/redis_server.ts";
import { type Cost, costOf, median, medianCost, printTable, quantile, seededRandom } from "./measure.ts";
import { buildRealFrame, HRRR_GRID, realInput } from "./real_frames.ts";

/**
 * Cost of reading a tile from a Redis on the same machine, compared with drawing it: the same tiles, each way in turn.
 * Redis has the second core to itself if nothing else runs. A miss costs more than it saves, so misses are measured
 * too.
 */

const USAGE = "usage: deno task bench:redis [DATA_FOLDER]";
const FH = 1;
const ROUNDS = 9;
const ZOOMS = [2, 3, 4, 5, 6, 7, 8, 9, 10];
const TILES_PER_ZOOM = 40;
const TILE_SIZE_PX = 512;
const BLOCK_CACHE_MB = 192;
/**
 * Timeout of the bench, long enough to see how late an answer is; the server waits for TIMEOUT_MS, then draws the tile.
 */
const PATIENT_MS = 10_000;
const TIMEOUT_MS = 20;
/** Requests at once, as many as the clients in the tables of tiles. */
const AT_ONCE = 32;
/** Mean size of a temperature tile. */
const USUAL_BYTES = 21_000;
const random = seededRandom(20260129);

interface Way {
  readonly name: string;
  /** Number of requests that are pending at once. */
  readonly atOnce: number;
  readonly ask: (index: number) => Promise<unknown>;
  readonly latenciesMs: number[];
  readonly costs: Cost[];
}

async function main(): Promise<void> {
  using picture = await realPicture();
  await using redis = await RedisServer.start();
  const tiles = RedisTiles.connect(redis.url, getLogger("bench"), PATIENT_MS);
  try {
    const ids = ZOOMS.flatMap((z) => Array.from({ length: TILES_PER_ZOOM }, () => anyTile(z)));
    const pngs = ids.map((id) => drawTile(picture, id, TILE_SIZE_PX));
    await fill(tiles, pngs);
    const hit = async (i: number) => {
      // A request that is not sent, or a tile that is missing, would be measured as very fast.
      if (await tiles.get(String(i), TILE_SIZE_PX) === null) {
        throw new Error("Redis has lost a tile, or the connection to it was lost");
      }
    };
    const usual = nearest(pngs.map((png) => png.byteLength), USUAL_BYTES);
    const ways: Way[] = [
      way("drawn, its blocks decoded", 1, (i) => Promise.resolve(drawTile(picture, ids[i]!, TILE_SIZE_PX))),
      way("from Redis", 1, hit),
      way(`from Redis, of ${USUAL_BYTES / 1000} KB`, 1, () => hit(usual)),
      way("not in Redis", 1, (i) => tiles.get(`none ${i}`, TILE_SIZE_PX)),
      way("from Redis", AT_ONCE, hit),
    ];
    for (let round = 0; round <= ROUNDS; round++) {
      for (const each of ways) await measure(each, ids.length, round === 0);
    }
    const kilobytes = pngs.map((png) => png.byteLength / 1000);
    const mean = kilobytes.reduce((sum, size) => sum + size, 0) / kilobytes.length;
    const sizes = `${mean.toFixed(1)} KB on average, median ${median(kilobytes).toFixed(1)}`;
    print(`${ids.length} tiles of ${sizes}; medians of ${ROUNDS} rounds`);
    printTable(
      ["", "at once", "p50 ms", "p99 ms", "p99.9 ms", `later than ${TIMEOUT_MS} ms`, "server CPU ms each"],
      ways.map(row(ids.length)),
    );
    if (tiles.failures > 0) throw new Error(`${tiles.failures} reads or writes of Redis failed`);
  } finally {
    await tiles.close();
  }
}

function way(name: string, atOnce: number, ask: (index: number) => Promise<unknown>): Way {
  return { name, atOnce, ask, latenciesMs: [], costs: [] };
}

async function measure({ atOnce, ask, latenciesMs, costs }: Way, count: number, isWarmUp: boolean): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const started = performance.now();
      await ask(next++);
      if (!isWarmUp) latenciesMs.push(performance.now() - started);
    }
  };
  const cost = await costOf(() => Promise.all(Array.from({ length: atOnce }, worker)));
  if (!isWarmUp) costs.push(cost);
}

const row = (count: number) => ({ name, atOnce, latenciesMs, costs }: Way): (string | number)[] => [
  name,
  atOnce,
  median(latenciesMs).toFixed(2),
  quantile(latenciesMs, 0.99).toFixed(2),
  quantile(latenciesMs, 0.999).toFixed(1),
  `${(100 * latenciesMs.filter((ms) => ms > TIMEOUT_MS).length / latenciesMs.length).toFixed(2)} %`,
  (medianCost(costs).cpuMs / count).toFixed(3),
];

/** Returns the index of the number that is nearest to `to`. */
function nearest(numbers: readonly number[], to: number): number {
  return numbers.reduce((best, number, i) => Math.abs(number - to) < Math.abs(numbers[best]! - to) ? i : best, 0);
}

/** Writes all tiles, a few at a time, and writes those tiles again that Redis did not take. */
async function fill(tiles: RedisTiles, pngs: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  let missing = pngs.map((_, i) => i);
  while (missing.length > 0) {
    for (const i of missing.slice(0, AT_ONCE)) tiles.set(String(i), pngs[i]!);
    await new Promise((wake) => setTimeout(wake, 20));
    const found = await Promise.all(missing.slice(0, AT_ONCE).map((i) => tiles.get(String(i), TILE_SIZE_PX)));
    missing = [...missing.slice(0, AT_ONCE).filter((_, n) => found[n] === null), ...missing.slice(AT_ONCE)];
  }
}

async function realPicture(): Promise<RgbaCog> {
  const path = await Deno.makeTempFile({ prefix: "twf-bench-", suffix: ".tif" });
  try {
    await Deno.writeFile(path, buildRealFrame(FH, await realInput(FH)).artifacts.rgba);
    return await RgbaCog.open(path, makeBlockCache(BLOCK_CACHE_MB));
  } finally {
    await Deno.remove(path); // the open file stays readable
  }
}

function anyTile(z: number): TileId {
  const { westM, eastM, southM, northM } = HRRR_GRID;
  const xM = westM + random() * (eastM - westM);
  const yM = southM + random() * (northM - southM);
  const sideM = 2 * MERCATOR_HALF_SIDE_M / 2 ** z;
  return {
    z,
    x: Math.floor((xM + MERCATOR_HALF_SIDE_M) / sideM),
    y: Math.floor((MERCATOR_HALF_SIDE_M - yM) / sideM),
  };
}

if (import.meta.main) await runMain(main, USAGE);
