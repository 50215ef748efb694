import { runMain } from "../builder/cli/run_main.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { latitude, longitude } from "../contract/projection.ts";
import { tileBox } from "../contract/tile.ts";
import { discover, type Layer } from "./load_test/requests.ts";
import { median, printTable, quantile, seededRandom } from "./measure.ts";
import { ServerProcess } from "./server_process.ts";

/**
 * The benefit of prefetching tiles for a reader of the map, who opens it, drags it and plays the hours, with a person's
 * pauses. Each setting gets its own server and the same views.
 */

const USAGE = "usage: deno task bench:prefetch DATA_ROOT";
/** Settings without prefetching. They are explicit, since this measurement chose the server's defaults. */
const NOTHING = { TWF_V3_PREFETCH_RINGS: "0", TWF_V3_PREFETCH_HOURS: "0", TWF_V3_WARM_ZOOMS: "0" };
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no prefetch": NOTHING,
  "1 ring": { ...NOTHING, TWF_V3_PREFETCH_RINGS: "1" },
  "2 rings": { ...NOTHING, TWF_V3_PREFETCH_RINGS: "2" },
  "5 hours": { ...NOTHING, TWF_V3_PREFETCH_HOURS: "5" },
  "2 rings, 5 hours": { ...NOTHING, TWF_V3_PREFETCH_RINGS: "2", TWF_V3_PREFETCH_HOURS: "5" },
  "zooms 0 to 4 warmed": { ...NOTHING, TWF_V3_WARM_ZOOMS: "5" },
};
const ROUNDS = 3;
/** Tiles across a view; the page requests all tiles of a view at once. */
const VIEW_COLUMNS = 4;
const VIEW_ROWS = 3;
const DRAGS = 6;
/** A person's pauses, in ms. */
const BETWEEN_DRAGS_MS = 300;
const BETWEEN_FRAMES_MS = 400;

interface View {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly hour: number;
}

/** Milliseconds until all tiles of a view had arrived, by kind of view. */
interface Session {
  readonly opening: number[];
  readonly drags: number[];
  readonly steps: number[];
}

async function main([dataRoot]: readonly string[]): Promise<void> {
  if (!dataRoot) {
    say(USAGE);
    Deno.exit(2);
  }
  const sessions = new Map(Object.keys(SETTINGS).map((name) => [name, [] as Session[]]));
  const drawn = new Map<string, string>();
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, environment] of Object.entries(SETTINGS)) {
      say(`round ${round} of ${ROUNDS}: ${name}`);
      await using server = await ServerProcess.start(dataRoot, environment);
      await sleep(3000); // tiles that are prefetched at the start are ready by then
      const layer = (await discover(server.url))[0]!;
      sessions.get(name)!.push(await play(server.url, layer, seededRandom(round)));
      drawn.set(name, await prefetched(server.url));
    }
  }
  printTable(
    ["", "opening ms", "a drag p50", "a drag p95", "an hour p50", "an hour p95", "prefetched", "requested later"],
    [...sessions].map(([name, all]) => {
      const drags = all.flatMap(({ drags }) => drags);
      const steps = all.flatMap(({ steps }) => steps);
      const times = [median(all.flatMap(({ opening }) => opening)), median(drags), quantile(drags, 0.95)];
      return [
        name,
        ...[...times, median(steps), quantile(steps, 0.95)].map((ms) => ms.toFixed(1)),
        ...drawn.get(name)!.split("/"),
      ];
    }),
  );
  print("");
}

/** Opens the map at a small zoom, zooms in, drags, and plays the hours of the last view. */
async function play(origin: string, layer: Layer, random: () => number): Promise<Session> {
  const [west, south, east, north] = layer.coverage;
  const show = async ({ z, x, y, hour }: View) => {
    const started = performance.now();
    await Promise.all(Array.from({ length: VIEW_COLUMNS * VIEW_ROWS }, async (_, i) => {
      const column = x + i % VIEW_COLUMNS;
      const row = y + Math.floor(i / VIEW_COLUMNS);
      const side = 2 ** z;
      if (column >= side || row >= side) return;
      const path = `/tiles/v3/${layer.model}/${layer.run}/${layer.variable}/${hour}/${z}/${column}/${row}.png`;
      const response = await fetch(origin + path);
      await response.arrayBuffer();
    }));
    return performance.now() - started;
  };
  const hour = layer.hours[0]!;
  const opening = [await show({ ...corner(west, north, 4), hour })];
  await sleep(BETWEEN_DRAGS_MS);
  const lon = west + (0.3 + 0.3 * random()) * (east - west);
  const lat = south + (0.5 + 0.2 * random()) * (north - south);
  let view = { ...corner(lon, lat, 7), hour };
  const drags: number[] = [];
  for (let drag = 0; drag < DRAGS; drag++) {
    drags.push(await show(view));
    view = { ...view, x: view.x + Math.round(2 * random() - 1), y: view.y + Math.round(2 * random() - 1) };
    await sleep(BETWEEN_DRAGS_MS);
  }
  const steps: number[] = [];
  for (const hour of layer.hours.slice(1)) {
    steps.push(await show({ ...view, hour }));
    await sleep(BETWEEN_FRAMES_MS);
  }
  return { opening, drags, steps };
}

/** Returns the tile of a zoom that contains a point. */
function corner(lonDeg: number, latDeg: number, z: number): Omit<View, "hour"> {
  const side = 2 ** z;
  for (let y = 0; y < side; y++) {
    const x = Math.floor((lonDeg + 180) / 360 * side);
    const box = tileBox({ z, x, y });
    if (latitude(box.southM) <= latDeg && longitude(box.westM) <= lonDeg) return { z, x, y };
  }
  throw new RangeError(`No tile at ${latDeg}, ${lonDeg}`);
}

/** Returns the server's counts of prefetched tiles as `drawn/used`. */
async function prefetched(origin: string): Promise<string> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const read = (name: string) => new RegExp(`^twf_server_tiles_${name}_ahead_total (.*)$`, "m").exec(text)?.[1] ?? "?";
  return `${read("drawn")}/${read("used")}`;
}

const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

if (import.meta.main) await runMain(main, USAGE);
