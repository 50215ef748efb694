import type { LonLatBox } from "../projection.ts";
import { ArchiveError } from "./archive_error.ts";
import { MAX_NUMBERED_ZOOM } from "./tile_number.ts";

/**
 * The header of a PMTiles archive, version 3: 127 bytes, little-endian.
 * @see https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
 */

export const HEADER_BYTES = 127;

/** Header and root directory end before this byte, so that a reader has both after one request. */
export const ROOT_END_BYTES = 16_384;

const MAGIC = new TextEncoder().encode("PMTiles");
const VERSION = 3;
const DEGREE = 10_000_000;

const COMPRESSIONS = ["unknown", "none", "gzip", "brotli", "zstd"] as const;
const TILE_TYPES = ["unknown", "mvt", "png", "jpeg", "webp", "avif"] as const;

export type Compression = typeof COMPRESSIONS[number];
export type TileType = typeof TILE_TYPES[number];

/** Part of a file, in bytes. */
export interface Section {
  readonly offset: number;
  readonly length: number;
}

export interface ArchiveCenter {
  /** Degrees east of WGS 84. */
  readonly lon: number;
  /** Degrees north. */
  readonly lat: number;
  readonly zoom: number;
}

/** Content of the header. Positions are kept to 1e-7 degrees. */
export interface ArchiveHeader {
  readonly rootDirectory: Section;
  readonly metadata: Section;
  readonly leafDirectories: Section;
  readonly tileData: Section;
  /** Number of tiles; 0 for unknown, as in the next two. */
  readonly addressedTiles: number;
  /** Number of entries of tiles, in all directories. */
  readonly tileEntries: number;
  /** Number of different tiles. */
  readonly tileContents: number;
  /** Whether tile data is in the order of the tile numbers. */
  readonly isClustered: boolean;
  /** Compression of directories and metadata. */
  readonly internalCompression: Compression;
  readonly tileCompression: Compression;
  readonly tileType: TileType;
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly box: LonLatBox;
  readonly center: ArchiveCenter;
}

const SECTIONS = { rootDirectory: 8, metadata: 24, leafDirectories: 40, tileData: 56 } as const;
const COUNTS = { addressedTiles: 72, tileEntries: 80, tileContents: 88 } as const;
const POSITION = {
  version: 7,
  isClustered: 96,
  internalCompression: 97,
  tileCompression: 98,
  tileType: 99,
  minZoom: 100,
  maxZoom: 101,
  west: 102,
  south: 106,
  east: 110,
  north: 114,
  centerZoom: 118,
  centerLon: 119,
  centerLat: 123,
} as const;

/** Encodes a header. @throws RangeError for facts that no archive can have, such as a position outside the Earth */
export function encodeHeader(header: ArchiveHeader): Uint8Array<ArrayBuffer> {
  const problem = problemOf(header);
  if (problem !== null) throw new RangeError(`Cannot write an archive: ${problem}`);
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  const setUint64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  for (const [name, at] of entriesOf(SECTIONS)) {
    setUint64(at, header[name].offset);
    setUint64(at + 8, header[name].length);
  }
  for (const [name, at] of entriesOf(COUNTS)) setUint64(at, header[name]);
  bytes[POSITION.version] = VERSION;
  bytes[POSITION.isClustered] = header.isClustered ? 1 : 0;
  bytes[POSITION.internalCompression] = COMPRESSIONS.indexOf(header.internalCompression);
  bytes[POSITION.tileCompression] = COMPRESSIONS.indexOf(header.tileCompression);
  bytes[POSITION.tileType] = TILE_TYPES.indexOf(header.tileType);
  bytes[POSITION.minZoom] = header.minZoom;
  bytes[POSITION.maxZoom] = header.maxZoom;
  bytes[POSITION.centerZoom] = header.center.zoom;
  const setDegrees = (at: number, degrees: number) => view.setInt32(at, Math.round(degrees * DEGREE), true);
  for (const side of ["west", "south", "east", "north"] as const) setDegrees(POSITION[side], header.box[side]);
  setDegrees(POSITION.centerLon, header.center.lon);
  setDegrees(POSITION.centerLat, header.center.lat);
  return bytes;
}

/**
 * Decodes a header.
 * @param bytes the beginning of the file
 * @param fileBytes size of the whole file
 * @returns a header whose sections lie inside the file
 * @throws ArchiveError when the bytes are no such header
 */
export function decodeHeader(bytes: Uint8Array, fileBytes: number): ArchiveHeader {
  if (bytes.length < HEADER_BYTES) throw new ArchiveError(`A header has ${bytes.length} bytes, not ${HEADER_BYTES}`);
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new ArchiveError("The file does not begin with PMTiles");
  if (bytes[POSITION.version] !== VERSION) {
    throw new ArchiveError(`The archive has version ${bytes[POSITION.version]}, not ${VERSION}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const uint64 = (at: number) => Number(view.getBigUint64(at, true));
  const degrees = (at: number) => view.getInt32(at, true) / DEGREE;
  const section = (name: keyof typeof SECTIONS) => ({
    offset: uint64(SECTIONS[name]),
    length: uint64(SECTIONS[name] + 8),
  });
  const header: ArchiveHeader = {
    rootDirectory: section("rootDirectory"),
    metadata: section("metadata"),
    leafDirectories: section("leafDirectories"),
    tileData: section("tileData"),
    addressedTiles: uint64(COUNTS.addressedTiles),
    tileEntries: uint64(COUNTS.tileEntries),
    tileContents: uint64(COUNTS.tileContents),
    isClustered: bytes[POSITION.isClustered] === 1,
    internalCompression: nameOf(COMPRESSIONS, bytes[POSITION.internalCompression]!, "compression"),
    tileCompression: nameOf(COMPRESSIONS, bytes[POSITION.tileCompression]!, "compression"),
    tileType: nameOf(TILE_TYPES, bytes[POSITION.tileType]!, "tile type"),
    minZoom: bytes[POSITION.minZoom]!,
    maxZoom: bytes[POSITION.maxZoom]!,
    box: {
      west: degrees(POSITION.west),
      south: degrees(POSITION.south),
      east: degrees(POSITION.east),
      north: degrees(POSITION.north),
    },
    center: {
      lon: degrees(POSITION.centerLon),
      lat: degrees(POSITION.centerLat),
      zoom: bytes[POSITION.centerZoom]!,
    },
  };
  const problem = problemOf(header) ?? problemOfSections(header, fileBytes);
  if (problem !== null) throw new ArchiveError(`The archive's header is damaged: ${problem}`);
  return header;
}

function nameOf<Name extends string>(names: readonly Name[], number: number, what: string): Name {
  const name = names[number];
  if (name === undefined) throw new ArchiveError(`The archive's header has ${what} ${number}, which is not defined`);
  return name;
}

/** Returns what a header says that cannot be, or null. */
function problemOf({ minZoom, maxZoom, box, center, rootDirectory, ...others }: ArchiveHeader): string | null {
  if (!(isZoom(minZoom) && isZoom(maxZoom) && minZoom <= maxZoom)) return `zooms ${minZoom} to ${maxZoom}`;
  const { west, south, east, north } = box;
  if (!(-180 <= west && west < east && east <= 180 && -90 <= south && south < north && north <= 90)) {
    return `bounds ${west}, ${south}, ${east}, ${north}`;
  }
  const { lon, lat, zoom } = center;
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && isZoom(zoom))) {
    return `center ${lon}, ${lat} at zoom ${zoom}`;
  }
  for (const [name] of entriesOf(COUNTS)) {
    if (!Number.isSafeInteger(others[name])) return `${others[name]} tiles`;
  }
  const rootEnd = rootDirectory.offset + rootDirectory.length;
  return rootDirectory.length > 0 && rootEnd < ROOT_END_BYTES ? null : `a root directory that ends at byte ${rootEnd}`;
}

function isZoom(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_NUMBERED_ZOOM;
}

function problemOfSections(header: ArchiveHeader, fileBytes: number): string | null {
  for (const [name] of entriesOf(SECTIONS)) {
    const { offset, length } = header[name];
    if (offset < HEADER_BYTES || offset + length > fileBytes) {
      return `${name} has ${length} bytes from byte ${offset}, in a file of ${fileBytes}`;
    }
  }
  return null;
}

function entriesOf<Key extends string>(record: Readonly<Record<Key, number>>): [Key, number][] {
  return Object.entries(record) as [Key, number][];
}
