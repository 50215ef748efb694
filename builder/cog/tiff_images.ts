/** An image of a TIFF, with the positions of the numbers that tell where its blocks are. */
export interface TiffImage {
  readonly width: number;
  readonly height: number;
  readonly blockCount: number;
  /** Position of the first block's offset, as uint32; those of the other blocks follow. */
  readonly offsetsAt: number;
  /** Position of the first block's length in bytes, likewise. */
  readonly byteCountsAt: number;
}

const LITTLE_ENDIAN_TIFF = 0x2a_4949; // "II*"
const IMAGE_WIDTH = 256;
const IMAGE_LENGTH = 257;
const TILE_OFFSETS = 324;
const TILE_BYTE_COUNTS = 325;
const SHORT = 3;
const LONG = 4;
const ENTRY_BYTES = 12;

/**
 * Reads the directories of a TIFF that GDAL has just written.
 * @throws RangeError for a file that is not a tiled, little-endian, classic TIFF with 32-bit offsets
 */
export function tiffImages(tiff: Uint8Array<ArrayBuffer>): TiffImage[] {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  if (view.getUint32(0, true) !== LITTLE_ENDIAN_TIFF) throw new RangeError("The file is not a little-endian TIFF");
  const images: TiffImage[] = [];
  for (let at = view.getUint32(4, true); at !== 0;) {
    const count = view.getUint16(at, true);
    images.push(readImage(view, at, count));
    at = view.getUint32(at + 2 + count * ENTRY_BYTES, true);
  }
  return images;
}

function readImage(view: DataView, directoryAt: number, entryCount: number): TiffImage {
  const entries = new Map<number, { type: number; count: number; valueAt: number }>();
  for (let i = 0; i < entryCount; i++) {
    const at = directoryAt + 2 + i * ENTRY_BYTES;
    entries.set(view.getUint16(at, true), {
      type: view.getUint16(at + 2, true),
      count: view.getUint32(at + 4, true),
      valueAt: at + 8,
    });
  }
  const numberOf = (tag: number): number => {
    const entry = entries.get(tag);
    if (entry?.type === SHORT) return view.getUint16(entry.valueAt, true);
    if (entry?.type === LONG) return view.getUint32(entry.valueAt, true);
    throw new RangeError(`TIFF tag ${tag} is missing or not a whole number`);
  };
  const arrayAt = (tag: number): { count: number; at: number } => {
    const entry = entries.get(tag);
    if (entry?.type !== LONG) throw new RangeError(`TIFF tag ${tag} is missing or not a list of uint32`);
    // A single number is in the entry itself.
    const at = entry.count === 1 ? entry.valueAt : view.getUint32(entry.valueAt, true);
    return { count: entry.count, at };
  };
  const offsets = arrayAt(TILE_OFFSETS);
  const byteCounts = arrayAt(TILE_BYTE_COUNTS);
  if (offsets.count !== byteCounts.count) throw new RangeError("A TIFF has other numbers of offsets and lengths");
  return {
    width: numberOf(IMAGE_WIDTH),
    height: numberOf(IMAGE_LENGTH),
    blockCount: offsets.count,
    offsetsAt: offsets.at,
    byteCountsAt: byteCounts.at,
  };
}
