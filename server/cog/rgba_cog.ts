import type { BlockCache } from "./block_cache.ts";
import { ColorIndex } from "./color_index.ts";
import { CogFile, type CogLevel } from "./cog_file.ts";
import { BadArtifactError } from "../errors.ts";

/** A decoded block: numbers of the image's colours, or RGBA words when the image has too many colours. */
export type RgbaBlock = Uint8Array | Uint32Array;

const RGBA_BYTES = 4;

/** An RGBA COG, read block by block. */
export class RgbaCog implements Disposable {
  readonly #file: CogFile;
  readonly #blocks: BlockCache;
  readonly #index = new ColorIndex();

  private constructor(file: CogFile, blocks: BlockCache) {
    this.#file = file;
    this.#blocks = blocks;
  }

  static async open(path: string, blocks: BlockCache): Promise<RgbaCog> {
    const file = await CogFile.open(path);
    if (file.levels.every(({ predictor }) => predictor === "none")) return new RgbaCog(file, blocks);
    file[Symbol.dispose]();
    throw new BadArtifactError(`"${path}" has a floating-point predictor: it is no picture`);
  }

  get box(): CogFile["box"] {
    return this.#file.box;
  }

  get levels(): readonly CogLevel[] {
    return this.#file.levels;
  }

  /** RGBA words, by the numbers in indexed blocks. */
  get colors(): Uint32Array {
    return this.#index.colors;
  }

  block(level: CogLevel, blockIndex: number): RgbaBlock {
    const key = `${this.#file.id}#${level.width}#${blockIndex}`;
    const known = this.#blocks.get(key) as RgbaBlock | undefined;
    if (known) return known;
    const block = this.#decode(level, blockIndex);
    this.#blocks.set(key, block);
    return block;
  }

  #decode(level: CogLevel, blockIndex: number): RgbaBlock {
    const pixels = level.blockSizePx ** 2;
    const bytes = this.#file.readBlock(level, blockIndex);
    if (bytes === null) return new Uint8Array(pixels);
    if (bytes.length !== pixels * RGBA_BYTES) {
      throw new BadArtifactError(
        `A block of "${this.#file.path}" has ${bytes.length} bytes, not ${pixels * RGBA_BYTES}`,
      );
    }
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, pixels);
    return this.#index.indexBlock(words) ?? words.slice();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
