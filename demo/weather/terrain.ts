import { LAKES, LANDS } from "./coastlines.ts";
import { clamp, smoothStep } from "./curves.ts";
import { COARSE, COARSE_PLACES, KM_PER_DEGREE, type Points, radians, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";

/** The terrain, row-major on some points. */
export interface Terrain {
  /** 1 on land, 0 on water, with a transition some cells wide at the coast. */
  readonly land: Values;
  /** 0 at the coast and on water, towards 1 some hundred kilometres inland. */
  readonly inland: Values;
  readonly elevationM: Values;
}

type Line = readonly (readonly [number, number])[];

interface Ridge {
  /** Longitudes and latitudes of the crest. */
  readonly crest: Line;
  readonly heightM: number;
  readonly widthKm: number;
}

const RIDGES: readonly Ridge[] = [
  // The Cascades and the Sierra Nevada.
  { crest: [[-121, 51], [-121.6, 46], [-122, 42.5], [-120.2, 39.5], [-118.4, 36.3]], heightM: 1500, widthKm: 75 },
  // The coast ranges.
  { crest: [[-126, 50], [-123.6, 46], [-123.6, 41], [-121.3, 36.5], [-117, 33.5]], heightM: 500, widthKm: 50 },
  // The Rockies from Canada to New Mexico.
  { crest: [[-119, 53], [-114.5, 48], [-110.5, 44.5], [-107, 40.5], [-106, 36]], heightM: 1450, widthKm: 190 },
  // The Mexican highland.
  { crest: [[-108.5, 31], [-104.5, 26], [-101, 21]], heightM: 1700, widthKm: 220 },
  // The ranges of the Great Basin.
  { crest: [[-117, 43], [-115, 39], [-111, 35]], heightM: 600, widthKm: 300 },
  // The Appalachians.
  { crest: [[-84.8, 34.3], [-80.5, 37.6], [-76.5, 41.3], [-71.5, 44.3]], heightM: 750, widthKm: 95 },
];

const PLATEAUS: readonly Ridge[] = [
  // The Great Basin and the Colorado Plateau.
  { crest: [[-117, 44], [-115, 40], [-111, 36.5], [-108.5, 33.5]], heightM: 1000, widthKm: 330 },
  // The High Plains.
  { crest: [[-110, 49], [-104.5, 42], [-103.5, 36]], heightM: 1000, widthKm: 340 },
  // Quebec.
  { crest: [[-80, 48], [-72, 48.5], [-64, 52]], heightM: 450, widthKm: 260 },
];

interface Ground {
  /** Distance from the sea, negative on it. */
  readonly seaKm: Values;
  /** Distance from the nearest lake, negative on it. */
  readonly lakeKm: Values;
  /** Smooth high land, and mountains without their crests and valleys. */
  readonly plateausM: Values;
  readonly ridgesM: Values;
}

const terrains = new Map<Points, Terrain>();
let ground: Ground | undefined;

/**
 * Returns the terrain on these points. It is computed once; distances from lines are measured on the coarse points
 * only.
 */
export function terrainOn(points: Points): Terrain {
  const known = terrains.get(points);
  if (known) return known;
  ground ??= coarseGround();
  const made = detailedTerrain(points, {
    seaKm: spread(ground.seaKm, points),
    lakeKm: spread(ground.lakeKm, points),
    plateausM: spread(ground.plateausM, points),
    ridgesM: spread(ground.ridgesM, points),
  });
  terrains.set(points, made);
  return made;
}

const COAST_WIDTH_KM = 14;
const SEA_BREEZE_KM = 110;

/**
 * Weaker effect of a lake: a lake is small, and moderates its air less than the sea does, and over a shorter distance
 * from its shore.
 */
const LAKE_INLAND = 0.86;
const LAKE_BREEZE_KM = 45;

function detailedTerrain(points: Points, { seaKm, lakeKm, plateausM, ridgesM }: Ground): Terrain {
  const { width, height, spacingKm } = points;
  const land = new Float32Array(width * height);
  const inland = new Float32Array(width * height);
  const elevationM = new Float32Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const x = column * spacingKm;
      const y = row * spacingKm;
      const ragged = 5 * noise(x / 35, y / 35);
      const fromSea = smoothStep((seaKm[i]! + ragged) / COAST_WIDTH_KM + 0.5);
      const fromLake = smoothStep((lakeKm[i]! + ragged) / COAST_WIDTH_KM + 0.5);
      // Ridges where the noise is near zero make valleys and crests instead of hills.
      const crests = 1 - 2.4 * Math.abs(noise(x / 120 + 7, y / 150)) - 0.9 * Math.abs(noise(x / 45, y / 55 + 30));
      land[i] = fromSea * fromLake;
      inland[i] = fromSea * (1 - Math.exp(-Math.max(0, seaKm[i]!) / SEA_BREEZE_KM)) *
        (LAKE_INLAND + (1 - LAKE_INLAND) * smoothStep(lakeKm[i]! / LAKE_BREEZE_KM + 0.5));
      elevationM[i] = fromSea * (40 + plateausM[i]! + ridgesM[i]! * clamp(0.8 + 0.5 * crests, 0.2, 1.6));
    }
  }
  return { land, inland, elevationM };
}

function coarseGround(): Ground {
  const seaKm = new Float32Array(COARSE.width * COARSE.height);
  const lakeKm = new Float32Array(seaKm.length);
  const plateausM = new Float32Array(seaKm.length);
  const ridgesM = new Float32Array(seaKm.length);
  const { lonDeg, latDeg } = COARSE_PLACES;
  for (let i = 0; i < seaKm.length; i++) {
    const lon = lonDeg[i]!;
    const lat = latDeg[i]!;
    seaKm[i] = insideAnyKm(LANDS, lon, lat);
    lakeKm[i] = -insideAnyKm(LAKES, lon, lat);
    plateausM[i] = heightM(PLATEAUS, lon, lat);
    ridgesM[i] = heightM(RIDGES, lon, lat);
  }
  return { seaKm, lakeKm, plateausM, ridgesM };
}

function heightM(ridges: readonly Ridge[], lon: number, lat: number): number {
  let height = 0;
  for (const { crest, heightM, widthKm } of ridges) {
    height += heightM * Math.exp(-((distanceKm(crest, lon, lat) / widthKm) ** 2));
  }
  return height;
}

/** Computes the distance from the nearest of several closed lines, positive inside. */
function insideAnyKm(shapes: readonly Line[], lon: number, lat: number): number {
  let most = -Infinity;
  for (const shape of shapes) most = Math.max(most, insideKm(shape, lon, lat));
  return most;
}

/** Computes the distance from a closed line, positive inside. */
function insideKm(shape: Line, lon: number, lat: number): number {
  const km = distanceKm(shape, lon, lat, shape.at(-1));
  let isInside = false;
  let from = shape.at(-1)!;
  for (const to of shape) {
    if ((from[1] > lat) !== (to[1] > lat) && lon < from[0] + (lat - from[1]) / (to[1] - from[1]) * (to[0] - from[0])) {
      isInside = !isInside;
    }
    from = to;
  }
  return isInside ? km : -km;
}

/** Computes the distance from a line, as on a flat map around the place. */
function distanceKm(line: Line, lon: number, lat: number, before: readonly [number, number] = line[0]!): number {
  const scale = Math.cos(radians(lat));
  let least = Infinity;
  let fromX = (before[0] - lon) * scale;
  let fromY = before[1] - lat;
  for (const to of line) {
    const toX = (to[0] - lon) * scale;
    const toY = to[1] - lat;
    const dx = toX - fromX;
    const dy = toY - fromY;
    const along = clamp(-(fromX * dx + fromY * dy) / (dx * dx + dy * dy || 1), 0, 1);
    least = Math.min(least, (fromX + along * dx) ** 2 + (fromY + along * dy) ** 2);
    fromX = toX;
    fromY = toY;
  }
  return Math.sqrt(least) * KM_PER_DEGREE;
}
