import { ArchiveError } from "./archive_error.ts";
import { TILE_NUMBER_END } from "./tile_number.ts";
import { pushVarint, VarintReader } from "./varint.ts";

/**
 * Directories of a PMTiles archive, version 3, before compression.
 * @see https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
 */

/** Entry of a directory: some tiles with the same bytes, or a leaf directory. */
export interface DirectoryEntry {
  /** The first tile. */
  readonly tileNumber: number;
  /** Number of tiles, which follow each other; 0 for a leaf directory. */
  readonly runLength: number;
  /** First byte, in the section of tile data or of leaf directories. */
  readonly offset: number;
  readonly length: number;
}

/** Sizes in bytes of the sections that entries point into. */
export interface SectionSizes {
  readonly tileDataBytes: number;
  readonly leafDirectoriesBytes: number;
}

const MAX_UINT32 = 2 ** 32 - 1;
/** Bytes that the four numbers of an entry take at least. */
const MIN_ENTRY_BYTES = 4;

/** Encodes a directory. @param entries in ascending order of their tiles, at least one */
export function encodeDirectory(entries: readonly DirectoryEntry[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  pushVarint(bytes, entries.length);
  entries.forEach(({ tileNumber }, i) => pushVarint(bytes, tileNumber - (entries[i - 1]?.tileNumber ?? 0)));
  for (const { runLength } of entries) pushVarint(bytes, runLength);
  for (const { length } of entries) pushVarint(bytes, length);
  entries.forEach(({ offset }, i) => {
    const previous = entries[i - 1];
    pushVarint(bytes, previous && offset === previous.offset + previous.length ? 0 : offset + 1);
  });
  return Uint8Array.from(bytes);
}

/**
 * Decodes a directory.
 * @returns its entries in ascending order; no tile is in two of them, and each lies inside its section
 * @throws ArchiveError when the bytes are no such directory
 */
export function decodeDirectory(bytes: Uint8Array, sections: SectionSizes): DirectoryEntry[] {
  const reader = new VarintReader(bytes);
  const count = reader.next();
  if (count === 0) throw new ArchiveError("A directory has no entry");
  // Before any memory is allocated: the bytes bound the number of entries.
  if (count > reader.remainingBytes / MIN_ENTRY_BYTES) {
    throw new ArchiveError(`A directory of ${bytes.length} bytes claims ${count} entries`);
  }
  const column = () => Float64Array.from({ length: count }, () => reader.next());
  const [steps, runLengths, lengths, offsets] = [column(), column(), column(), column()];
  if (reader.remainingBytes > 0) throw new ArchiveError(`A directory has ${reader.remainingBytes} bytes after its end`);
  const entries: DirectoryEntry[] = [];
  let tileNumber = 0;
  let end = 0;
  for (let i = 0; i < count; i++) {
    tileNumber += steps[i]!;
    const previous = entries[i - 1];
    if (offsets[i] === 0 && !previous) throw new ArchiveError("The first entry of a directory has no offset");
    const offset = offsets[i] === 0 ? previous!.offset + previous!.length : offsets[i]! - 1;
    const entry = { tileNumber, runLength: runLengths[i]!, offset, length: lengths[i]! };
    if (tileNumber < end) throw new ArchiveError(`The entries of a directory do not ascend: ${textOf(entry)}`);
    requireInside(entry, sections);
    end = tileNumber + Math.max(entry.runLength, 1);
    if (end > TILE_NUMBER_END) throw new ArchiveError(`An entry has tiles that do not exist: ${textOf(entry)}`);
    entries.push(entry);
  }
  return entries;
}

/** @throws ArchiveError unless an entry's bytes lie inside their section */
function requireInside(entry: DirectoryEntry, { tileDataBytes, leafDirectoriesBytes }: SectionSizes): void {
  const { runLength, offset, length } = entry;
  if (length === 0 || runLength > MAX_UINT32) {
    throw new ArchiveError(`An entry has a number out of range: ${textOf(entry)}`);
  }
  const sectionBytes = runLength === 0 ? leafDirectoriesBytes : tileDataBytes;
  if (offset + length > sectionBytes) {
    throw new ArchiveError(`An entry points beyond its section of ${sectionBytes} bytes: ${textOf(entry)}`);
  }
}

function textOf({ tileNumber, runLength, offset, length }: DirectoryEntry): string {
  return `tile ${tileNumber}, run length ${runLength}, offset ${offset}, length ${length}`;
}

/**
 * Returns the entry that has a tile or the leaf directory in which the tile is, if it is anywhere; null for none.
 * @param entries in ascending order
 */
export function findEntry(entries: readonly DirectoryEntry[], tileNumber: number): DirectoryEntry | null {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.tileNumber <= tileNumber) low = middle + 1;
    else high = middle;
  }
  const entry = entries[low - 1];
  if (!entry) return null;
  const isInside = entry.runLength === 0 || tileNumber < entry.tileNumber + entry.runLength;
  return isInside ? entry : null;
}
