import { signedInteger } from "./signed_integer.ts";

/**
 * The grid of a message (section 3), in degrees and metres. Two grids are the same when every member is the same: a
 * single flipped bit in an origin, a step or an angle moves the whole field, and no later check would notice.
 * @see WMO manual on codes, FM 92 GRIB, grid definition templates 3.0 and 3.30
 */
export type GridDefinition = LatLonGrid | LambertGrid | UnknownGrid;

interface AnyGrid {
  readonly width: number;
  readonly height: number;
}

interface KnownGrid extends AnyGrid {
  /** PROJ's parameter for the shape of the earth (code table 3.2), or `shape N` for a shape that is not supported. */
  readonly earth: string;
  /** Code table 3.4. */
  readonly scanningMode: number;
  /** Code table 3.3; flag 0x08: wind components are along the grid's axes instead of east and north. */
  readonly componentFlags: number;
  readonly firstLatDeg: number;
  readonly firstLonDeg: number;
}

/** Rows of equal latitude and columns of equal longitude (template 3.0). */
export interface LatLonGrid extends KnownGrid {
  readonly kind: "latitude/longitude";
  readonly lastLatDeg: number;
  readonly lastLonDeg: number;
  readonly stepLonDeg: number;
  readonly stepLatDeg: number;
}

/** A Lambert conformal plane (template 3.30). */
export interface LambertGrid extends KnownGrid {
  readonly kind: "Lambert conformal";
  /** Latitude at which the steps are true to scale. */
  readonly trueLatDeg: number;
  /** The meridian that is parallel to the y axis. */
  readonly centralLonDeg: number;
  readonly stepXM: number;
  readonly stepYM: number;
  readonly projectionCentre: number;
  readonly parallel1Deg: number;
  readonly parallel2Deg: number;
}

/** A grid whose template no model here uses. */
export interface UnknownGrid extends AnyGrid {
  readonly kind: "unknown";
  readonly template: number;
}

/** The templates of code table 3.1 on which weather is published. */
const TEMPLATE_NAMES: Readonly<Record<number, string>> = {
  0: "latitude/longitude",
  1: "rotated latitude/longitude",
  10: "Mercator",
  20: "polar stereographic",
  30: "Lambert conformal",
  31: "Albers equal area",
  40: "Gaussian latitude/longitude",
  50: "spherical harmonics",
  90: "space view",
  101: "icosahedral, unstructured",
  140: "Lambert azimuthal equal area",
  32769: "rotated Arakawa, NCEP's own",
};
const MISSING = 0xffffffff;
const LAT_LON = 0;
const LAMBERT = 30;

/** Most points of a grid that is read here: MRMS has 24.5 million, HRRR 1.9 million. */
export const MAX_POINTS = 32_000_000;

const microdegrees = (view: DataView, at: number) => signedInteger(view, at, 4) / 1e6;
const millimetres = (view: DataView, at: number) => view.getUint32(at) / 1e3;

/**
 * Reads section 3 of a message.
 * @param at the offset of section 3
 * @throws RangeError when the section is shorter than its template
 */
export function readGridDefinition(view: DataView, at: number): GridDefinition {
  const template = view.getUint16(at + 12);
  const size = { width: view.getUint32(at + 30), height: view.getUint32(at + 34) };
  if (template === LAT_LON && hasDefaultAngles(view, at)) {
    return {
      kind: "latitude/longitude",
      ...size,
      earth: earthAt(view, at),
      scanningMode: view.getUint8(at + 71),
      componentFlags: view.getUint8(at + 54),
      firstLatDeg: microdegrees(view, at + 46),
      firstLonDeg: microdegrees(view, at + 50),
      lastLatDeg: microdegrees(view, at + 55),
      lastLonDeg: microdegrees(view, at + 59),
      stepLonDeg: microdegrees(view, at + 63),
      stepLatDeg: microdegrees(view, at + 67),
    };
  }
  if (template === LAMBERT) {
    return {
      kind: "Lambert conformal",
      ...size,
      earth: earthAt(view, at),
      scanningMode: view.getUint8(at + 64),
      componentFlags: view.getUint8(at + 46),
      firstLatDeg: microdegrees(view, at + 38),
      firstLonDeg: microdegrees(view, at + 42),
      trueLatDeg: microdegrees(view, at + 47),
      centralLonDeg: microdegrees(view, at + 51),
      stepXM: millimetres(view, at + 55),
      stepYM: millimetres(view, at + 59),
      projectionCentre: view.getUint8(at + 63),
      parallel1Deg: microdegrees(view, at + 65),
      parallel2Deg: microdegrees(view, at + 69),
    };
  }
  return { kind: "unknown", template, ...size };
}

/** Whether angles are in millionths of a degree, as on every grid that is read here. */
function hasDefaultAngles(view: DataView, at: number): boolean {
  const [basicAngle, subdivisions] = [view.getUint32(at + 38), view.getUint32(at + 42)];
  return basicAngle === 0 || basicAngle === MISSING || (basicAngle === 1 && subdivisions === 1e6);
}

/** Reads the shape of the earth (code table 3.2). A model's sphere is used directly, without a datum shift. */
function earthAt(view: DataView, at: number): string {
  const shape = view.getUint8(at + 14);
  if (shape === 0) return "+R=6367470";
  if (shape === 1) return `+R=${view.getUint32(at + 16) / 10 ** view.getUint8(at + 15)}`;
  if (shape === 4) return "+ellps=GRS80";
  if (shape === 5) return "+ellps=WGS84";
  if (shape === 6) return "+R=6371229";
  if (shape === 8) return "+R=6371200";
  return `shape ${shape}`;
}

/** Returns a template's number and name, such as `101 (icosahedral, unstructured)`. */
function templateName(template: number): string {
  return `${template} (${TEMPLATE_NAMES[template] ?? "unknown"})`;
}

/** Returns the number of the grid's template (code table 3.1). */
export function gridTemplate(grid: GridDefinition): number {
  if (grid.kind === "unknown") return grid.template;
  return grid.kind === "Lambert conformal" ? LAMBERT : LAT_LON;
}

const degrees = (value: number) => `${value}°`;
const metres = (value: number) => `${value} m`;
const flags = (value: number) => `0x${value.toString(16).padStart(2, "0")}`;

/** The name and the format of each member in error messages. */
const MEMBERS: Readonly<Record<string, readonly [name: string, format: (value: number) => string]>> = {
  scanningMode: ["scanning mode", flags],
  componentFlags: ["resolution and component flags", flags],
  firstLatDeg: ["latitude of the first point", degrees],
  firstLonDeg: ["longitude of the first point", degrees],
  lastLatDeg: ["latitude of the last point", degrees],
  lastLonDeg: ["longitude of the last point", degrees],
  stepLonDeg: ["step in longitude", degrees],
  stepLatDeg: ["step in latitude", degrees],
  trueLatDeg: ["latitude of true scale", degrees],
  centralLonDeg: ["central meridian", degrees],
  stepXM: ["step in x", metres],
  stepYM: ["step in y", metres],
  projectionCentre: ["projection centre", flags],
  parallel1Deg: ["first standard parallel", degrees],
  parallel2Deg: ["second standard parallel", degrees],
};

/** Half of the finest unit of any member: lengths are in thousandths of a metre, angles in millionths of a degree. */
const EQUAL = 5e-7;

/**
 * Describes the first member in which two grids differ, with both values. Null when the grids are the same. A global
 * grid whose rows begin at another of its own longitudes has the same points, and is the same grid.
 */
export function gridDifference(found: GridDefinition, expected: GridDefinition): string | null {
  if (found.kind !== expected.kind) {
    return `grid template ${templateName(gridTemplate(found))}, expected ${templateName(gridTemplate(expected))}`;
  }
  if (found.width !== expected.width || found.height !== expected.height) {
    return `${found.width} × ${found.height} points, expected ${expected.width} × ${expected.height}`;
  }
  if (found.kind === "unknown" || expected.kind === "unknown") {
    return `grid template ${templateName(gridTemplate(found))}`;
  }
  if (found.earth !== expected.earth) return `earth "${found.earth}", expected "${expected.earth}"`;
  const wanted: KnownGrid = expected.kind === "latitude/longitude" && found.kind === "latitude/longitude"
    ? beginningAt(found, expected)
    : expected;
  for (const [member, value] of Object.entries(wanted)) {
    const words = MEMBERS[member];
    if (!words) continue;
    const held = (found as unknown as Record<string, number>)[member]!;
    if (Math.abs(held - value) > EQUAL) return `${words[0]} ${words[1](held)}, expected ${words[1](value)}`;
  }
  return null;
}

/** Returns the expected grid; a global one begins at the found grid's first longitude if it has that longitude. */
function beginningAt({ firstLonDeg }: LatLonGrid, expected: LatLonGrid): LatLonGrid {
  const columns = (firstLonDeg - expected.firstLonDeg) / expected.stepLonDeg;
  const isOwnLongitude = Math.abs(columns - Math.round(columns)) < 1e-6 && firstLonDeg >= -180 && firstLonDeg < 360;
  if (!isGlobal(expected) || !isOwnLongitude) return expected;
  const last = firstLonDeg + (expected.width - 1) * expected.stepLonDeg;
  // Messages write longitudes from −180° to 180° or from 0° to 360°.
  const lastLonDeg = firstLonDeg < 0 ? last : last % 360;
  return { ...expected, firstLonDeg, lastLonDeg: Math.round(lastLonDeg * 1e6) / 1e6 };
}

/** Whether the columns go exactly once around the earth. */
export function isGlobal({ width, stepLonDeg }: LatLonGrid): boolean {
  return Math.abs(width * stepLonDeg - 360) < stepLonDeg / 2;
}

/** Returns the reason why messages on this grid cannot be read. Null when they can. */
export function unreadableGrid(grid: GridDefinition): string | null {
  if (grid.width < 2 || grid.height < 2) return `${grid.width} × ${grid.height} points, expected at least 2 × 2`;
  const points = grid.width * grid.height;
  if (points > MAX_POINTS) {
    return `${grid.width} × ${grid.height} points, expected at most ${MAX_POINTS} in all`;
  }
  if (grid.kind === "unknown") {
    return `grid template ${templateName(grid.template)}, expected ${templateName(LAT_LON)} or ${
      templateName(LAMBERT)
    }`;
  }
  if (!grid.earth.startsWith("+")) {
    return `earth of ${grid.earth} (code table 3.2), expected a known sphere or ellipsoid`;
  }
  if (grid.scanningMode !== FROM_NORTH && grid.scanningMode !== FROM_SOUTH) {
    return `scanning mode ${flags(grid.scanningMode)}, expected rows from the west that follow each other ` +
      `southwards (${flags(FROM_NORTH)}) or northwards (${flags(FROM_SOUTH)})`;
  }
  const steps = grid.kind === "latitude/longitude" ? [grid.stepLonDeg, grid.stepLatDeg] : [grid.stepXM, grid.stepYM];
  if (steps.some((step) => !(step > 0))) return `steps of ${steps.join(" and ")}, expected more than 0`;
  return null;
}

/** Scanning modes: rows run eastwards, and follow each other southwards or northwards. @see code table 3.4 */
const FROM_NORTH = 0x00;
const FROM_SOUTH = 0x40;

export function isFromSouth({ scanningMode }: LatLonGrid | LambertGrid): boolean {
  return scanningMode === FROM_SOUTH;
}

const COMPONENTS_FOLLOW_GRID = 0x08;

/** Whether the components of a wind are along the grid's axes instead of east and north. */
export function componentsFollowGrid(grid: GridDefinition): boolean {
  return grid.kind !== "unknown" && (grid.componentFlags & COMPONENTS_FOLLOW_GRID) !== 0;
}
