import { inflateSync } from "node:zlib";
import { GeoTIFF } from "geotiff";
import type { MercatorBox } from "../../contract/projection.ts";
import type { Level } from "../../contract/pyramid.ts";
import { BadArtifactError } from "../errors.ts";
import { requireRegularFile } from "../regular_file.ts";

/** Bytes per pixel in both kinds of COG: RGBA and float32. */
const MAX_PIXEL_BYTES = 4;
const DEFLATE = 8; // TIFF tag Compression, Adobe deflate
const FLOATING_POINT = 3; // TIFF tag Predictor
/** Twice the contract's block size: a file's own header decides how much memory a block takes. */
const MAX_BLOCK_SIZE_PX = 1024;

let openings = 0;

/** The full image (level 0) or one of its overviews. */
export interface CogLevel extends Level {
  readonly blockSizePx: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly offsets: ArrayLike<number>;
  readonly byteCounts: ArrayLike<number>;
  /** Change of the values before they are deflated, by which they compress better. */
  readonly predictor: "none" | "floating point";
}

/** An open Cloud-Optimized GeoTIFF: its parsed header and its compressed blocks. */
export class CogFile implements Disposable {
  /** Different for each opening, for cache keys: facts about one opening need not hold for the next. */
  readonly id = ++openings;
  readonly #file: Deno.FsFile;

  private constructor(
    file: Deno.FsFile,
    readonly path: string,
    readonly levels: readonly CogLevel[],
    readonly box: MercatorBox,
  ) {
    this.#file = file;
  }

  /**
   * Opens a COG and reads its header.
   * @throws BadArtifactError when the file is not a deflated, tiled GeoTIFF, without predictor or with the
   * floating-point one
   */
  static async open(path: string): Promise<CogFile> {
    await requireRegularFile(path);
    const file = await Deno.open(path);
    try {
      const { size } = await file.stat();
      const tiff = await GeoTIFF.fromSource(new FileSource(file, size) as never);
      const count = await tiff.getImageCount();
      const images = await Promise.all(Array.from({ length: count }, (_, i) => tiff.getImage(i)));
      const [westM, southM, eastM, northM] = images[0]!.getBoundingBox() as [number, number, number, number];
      const box = { westM, southM, eastM, northM };
      const levels = await Promise.all(images.map((image) => readLevel(image, box, path)));
      return new CogFile(file, path, levels, box);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Decompresses a block, all bands of a pixel together; null for a block that was omitted as empty. */
  readBlock(level: CogLevel, blockIndex: number): Uint8Array | null {
    const length = level.byteCounts[blockIndex]!;
    if (length === 0) return null;
    const mostBytes = level.blockSizePx ** 2 * MAX_PIXEL_BYTES;
    // Incompressible data grows by a few bytes per thousand.
    if (length > mostBytes * 1.01 + 1024) {
      throw new BadArtifactError(`Block ${blockIndex} of "${this.path}" has ${length} bytes, more than ${mostBytes}`);
    }
    const compressed = readAt(this.#file, level.offsets[blockIndex]!, length);
    // One chunk for the whole block: the default of 16 KiB would need many chunks to be joined.
    return inflateSync(compressed, { chunkSize: mostBytes + 1, maxOutputLength: mostBytes });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

type Image = Awaited<ReturnType<GeoTIFF["getImage"]>>;

async function readLevel(image: Image, box: MercatorBox, path: string): Promise<CogLevel> {
  const directory = image.fileDirectory;
  const compression = await directory.loadValue("Compression");
  const predictor = directory.hasTag("Predictor") ? await directory.loadValue("Predictor") : 1;
  if (!image.isTiled || compression !== DEFLATE || (predictor !== 1 && predictor !== FLOATING_POINT)) {
    throw new BadArtifactError(
      `"${path}" is not a deflated, tiled GeoTIFF without predictor or with the floating-point one: ` +
        `compression ${compression}, predictor ${predictor}`,
    );
  }
  const width = image.getWidth();
  const height = image.getHeight();
  const blockSizePx = image.getTileWidth();
  if (blockSizePx > MAX_BLOCK_SIZE_PX || image.getTileHeight() !== blockSizePx) {
    throw new BadArtifactError(
      `"${path}" has tiles of ${blockSizePx} × ${image.getTileHeight()} pixels: expected squares of at most ${MAX_BLOCK_SIZE_PX}`,
    );
  }
  return {
    width,
    height,
    // An overview spans the extent of the full image, even when its size is not an exact fraction.
    pixelWidthM: (box.eastM - box.westM) / width,
    pixelHeightM: (box.northM - box.southM) / height,
    blockSizePx,
    blocksAcross: Math.ceil(width / blockSizePx),
    blocksDown: Math.ceil(height / blockSizePx),
    offsets: await directory.loadValue("TileOffsets") as ArrayLike<number>,
    byteCounts: await directory.loadValue("TileByteCounts") as ArrayLike<number>,
    predictor: predictor === FLOATING_POINT ? "floating point" : "none",
  };
}

/**
 * Reads bytes at an offset. Seek and read are one synchronous step: an await between them would let another reader of
 * the same file move its position. A published frame's pages are nearly always in memory, so reading takes some
 * microseconds.
 */
export function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  let at = 0;
  while (at < length) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) throw new BadArtifactError(`The file ends ${length - at} bytes before a block does`);
    at += count;
  }
  return bytes;
}

/** Adapter to the source interface of geotiff.js: byte slices. */
class FileSource {
  constructor(readonly file: Deno.FsFile, readonly fileSize: number) {}

  fetch(slices: readonly { offset: number; length: number }[]): Promise<ArrayBuffer[]> {
    return Promise.resolve(
      slices.map(({ offset, length }) =>
        readAt(this.file, offset, Math.max(0, Math.min(length, this.fileSize - offset))).buffer
      ),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
