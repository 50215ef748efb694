import { framesAnswerSchema, modelsAnswerSchema, varsAnswerSchema } from "../../contract/api.ts";
import { seededRandom } from "../measure.ts";
import type { Scenario } from "./scenario.ts";

/** A variable of a run that can be requested, with its hours and its coverage (west, south, east, north). */
export interface Layer {
  readonly model: string;
  readonly run: string;
  readonly variable: string;
  readonly hours: readonly number[];
  readonly coverage: readonly [number, number, number, number];
}

/** Returns all variables of the latest run of each model, as the server's API lists them. */
export async function discover(origin: string): Promise<Layer[]> {
  const get = async (path: string) => {
    const response = await fetch(origin + path, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${origin}${path} was answered with ${response.status}`);
    return await response.json();
  };
  const layers: Layer[] = [];
  for (const { id: model, latest_run, coverage } of modelsAnswerSchema.parse(await get("/api/v3/models")).models) {
    if (latest_run === null) continue;
    for (const { id } of varsAnswerSchema.parse(await get(`/api/v3/${model}/${latest_run}/vars`)).vars) {
      const { frames } = framesAnswerSchema.parse(await get(`/api/v3/${model}/${latest_run}/${id}/frames`));
      const hours = frames.flatMap(({ fh }) => fh === undefined ? [] : [fh]);
      if (hours.length > 0) layers.push({ model, run: latest_run, variable: id, hours, coverage });
    }
  }
  if (layers.length === 0) throw new Error(`${origin} has no promoted run`);
  return layers;
}

interface Place {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** A request without its server: the tile can be put into another server's URL template. */
export interface Target extends Place {
  readonly path: string;
}

/** Returns the requests of a scenario: the same for the same seed and the same frames. */
export function targetsOf(scenario: Scenario, layers: readonly Layer[]): Target[] {
  const random = seededRandom(scenario.seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  if (scenario.kind !== "tiles") {
    return Array.from({ length: scenario.requests }, () => {
      const { model, run, variable, hours, coverage } = pick(layers);
      const [lon, lat] = pointIn(coverage, random);
      const what = `model=${model}&run=${run}&var=${variable}`;
      const point = `lat=${lat.toFixed(4)}&lon=${lon.toFixed(4)}`;
      const path = scenario.kind === "series"
        ? `/api/v3/series?${what}&${point}`
        : `/api/v3/sample?${what}&fh=${pick(hours)}&${point}`;
      return { path, z: 0, x: 0, y: 0 };
    });
  }
  const targets: Target[] = [];
  while (targets.length < scenario.requests) {
    const layer = pick(layers);
    for (const { place, hour } of session(scenario, layer, random)) {
      if (targets.length === scenario.requests) break;
      const { z, x, y } = place;
      const { model, run, variable } = layer;
      targets.push({ path: `/tiles/v3/${model}/${run}/${variable}/${hour}/${z}/${x}/${y}.png`, ...place });
    }
  }
  return targets;
}

type Session = readonly { readonly place: Place; readonly hour: number }[];

/** Returns the tiles and hours that one reader views for a while. */
function session({ pattern, zooms: [least, most] }: Scenario, layer: Layer, random: () => number): Session {
  const { hours, coverage } = layer;
  const zoom = least + Math.floor(random() * (most - least + 1));
  const hour = hours[Math.floor(random() * hours.length)]!;
  const point = pointIn(coverage, random);
  switch (pattern) {
    case "random":
      return [{ place: tileAt(zoom, point), hour }];
    case "sequential":
      return tilesOver(zoom, coverage).map((place) => ({ place, hour }));
    case "pan": { // a screen of 3 × 2 tiles that moves eastwards
      const { x, y } = tileAt(zoom, point);
      return Array.from({ length: 8 }, (_, step) => block(zoom, x + step, y)).flat().map((place) => ({ place, hour }));
    }
    case "zoom": // into a place, a screen at each zoom
      return Array.from({ length: most - least + 1 }, (_, i) => {
        const { z, x, y } = tileAt(least + i, point);
        return block(z, x, y);
      }).flat().map((place) => ({ place, hour }));
    case "hotspot": { // most readers view the place where the weather is
      const [west, south, east, north] = coverage;
      const near: readonly [number, number] = random() < 0.9
        ? [west + (0.45 + random() * 0.05) * (east - west), south + (0.5 + random() * 0.05) * (north - south)]
        : point;
      return [{ place: tileAt(zoom, near), hour: hours[Math.min(hours.length - 1, Math.floor(random() * 3))]! }];
    }
    case "temporal": { // a screen through all hours
      const { x, y } = tileAt(zoom, point);
      return hours.flatMap((hour) => block(zoom, x, y).map((place) => ({ place, hour })));
    }
  }
}

function pointIn([west, south, east, north]: Layer["coverage"], random: () => number): readonly [number, number] {
  return [west + random() * (east - west), south + random() * (north - south)];
}

function tileAt(z: number, [lon, lat]: readonly [number, number]): Place {
  const side = 2 ** z;
  const sine = Math.sin(lat * Math.PI / 180);
  const clamp = (value: number) => Math.min(side - 1, Math.max(0, Math.floor(value)));
  return {
    z,
    x: clamp((lon + 180) / 360 * side),
    y: clamp((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * side),
  };
}

/** Returns the tiles of a screen of 3 × 2 tiles. */
function block(z: number, x: number, y: number): Place[] {
  const last = 2 ** z - 1;
  return [0, 1].flatMap((row) => [0, 1, 2].map((column) => ({ z, x: x + column, y: y + row })))
    .filter((place) => place.x <= last && place.y <= last);
}

function tilesOver(z: number, [west, south, east, north]: Layer["coverage"]): Place[] {
  const [first, last] = [tileAt(z, [west, north]), tileAt(z, [east, south])];
  const places: Place[] = [];
  for (let y = first.y; y <= last.y; y++) for (let x = first.x; x <= last.x; x++) places.push({ z, x, y });
  return places;
}
