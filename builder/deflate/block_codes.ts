import { BitWriter } from "./bit_writer.ts";
import { codeOfLengths, huffmanCode, type PrefixCode } from "./huffman.ts";
import {
  DISTANCE_BASES,
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOLS,
  distanceSymbol,
  END_OF_BLOCK,
  LENGTH_EXTRA_BITS,
  LENGTH_EXTRAS,
  LENGTH_SYMBOLS,
  LITERAL_SYMBOLS,
  MAX_LENGTH,
  MIN_LENGTH,
} from "./symbols.ts";

/** Two literals, or a length or a distance with its extra bits, then fit into the 24 bits that are written at once. */
const MAX_LITERAL_CODE_LENGTH = 12;
const MAX_DISTANCE_CODE_LENGTH = 11;

/** Uses of each symbol in a block. */
export interface Frequencies {
  /** Uses of literals, lengths and the end of the block. */
  readonly literals: Uint32Array;
  readonly distances: Uint32Array;
}

export function noFrequencies(): Frequencies {
  return { literals: new Uint32Array(LITERAL_SYMBOLS), distances: new Uint32Array(DISTANCE_SYMBOLS) };
}

/** The codes of a block of compressed data, and its header. */
export class BlockCodes {
  readonly literals: PrefixCode;
  /** Code and extra bits of each length from 3, and the number of both. */
  readonly lengthBits = new Uint32Array(MAX_LENGTH + 1);
  readonly lengthCounts = new Uint8Array(MAX_LENGTH + 1);
  readonly #distances: PrefixCode;
  readonly #header: BitWriter;

  private constructor(literals: PrefixCode, distances: PrefixCode, header: BitWriter) {
    this.literals = literals;
    this.#distances = distances;
    this.#header = header;
    for (let length = MIN_LENGTH; length <= MAX_LENGTH; length++) {
      const symbol = LENGTH_SYMBOLS[length]!;
      const count = literals.lengths[symbol]!;
      this.lengthBits[length] = literals.codes[symbol]! | LENGTH_EXTRAS[length]! << count;
      this.lengthCounts[length] = count + LENGTH_EXTRA_BITS[length]!;
    }
  }

  /** Makes the codes for symbols of these frequencies, which the block's header tells the reader. */
  static dynamic({ literals, distances }: Frequencies): BlockCodes {
    const literalCode = huffmanCode(literals, MAX_LITERAL_CODE_LENGTH);
    const distanceCode = huffmanCode(distances, MAX_DISTANCE_CODE_LENGTH);
    return new BlockCodes(literalCode, distanceCode, dynamicHeader(literalCode.lengths, distanceCode.lengths));
  }

  /** Makes the codes that every reader knows (RFC 1951, section 3.2.6). */
  static fixed(): BlockCodes {
    const literals = Uint8Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    const header = new BitWriter(1);
    header.write(FIXED << 1, 3);
    return new BlockCodes(codeOfLengths(literals), codeOfLengths(new Uint8Array(DISTANCE_SYMBOLS).fill(5)), header);
  }

  /** Number of bits of the header. */
  get headerBits(): number {
    return this.#header.position;
  }

  /** Number of bits of the end. */
  get endBits(): number {
    return this.literals.lengths[END_OF_BLOCK]!;
  }

  /** @param isLast whether the block is the last of its stream */
  writeHeader(writer: BitWriter, isLast: boolean): void {
    const { bytes, position } = this.#header;
    for (let at = 0; at < position; at += 8) {
      const last = at === 0 && isLast ? 1 : 0; // the first bit of a header
      writer.write(bytes[at >>> 3]! | last, Math.min(position - at, 8));
    }
  }

  writeEnd(writer: BitWriter): void {
    writer.write(this.literals.codes[END_OF_BLOCK]!, this.endBits);
  }

  /** Code and extra bits of a distance. */
  distanceBits(distance: number): number {
    const symbol = distanceSymbol(distance);
    return this.#distances.codes[symbol]! | (distance - DISTANCE_BASES[symbol]!) << this.#distances.lengths[symbol]!;
  }

  /** Number of bits of `distanceBits`. */
  distanceCount(distance: number): number {
    const symbol = distanceSymbol(distance);
    return this.#distances.lengths[symbol]! + DISTANCE_EXTRA_BITS[symbol]!;
  }
}

/** Kinds of blocks (RFC 1951, section 3.2.3). */
const FIXED = 1;
const DYNAMIC = 2;

/** The order in which a header tells the lengths of the codes of code lengths. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_CODE_LENGTH_CODE_LENGTH = 7;

/** Writes the header of a block that is not the last: the lengths of its codes, compressed (RFC 1951, section 3.2.7). */
function dynamicHeader(literals: Uint8Array, distances: Uint8Array): BitWriter {
  const literalCount = usedLength(literals, END_OF_BLOCK + 1);
  const distanceCount = usedLength(distances, 1);
  const items = runsOf([...literals.subarray(0, literalCount), ...distances.subarray(0, distanceCount)]);
  const frequencies = new Uint32Array(CODE_LENGTH_ORDER.length);
  for (const { symbol } of items) frequencies[symbol] = frequencies[symbol]! + 1;
  const { lengths, codes } = huffmanCode(frequencies, MAX_CODE_LENGTH_CODE_LENGTH);
  const ordered = Uint8Array.from(CODE_LENGTH_ORDER, (symbol) => lengths[symbol]!);
  const orderedCount = usedLength(ordered, 4);
  const header = new BitWriter(128);
  header.write(DYNAMIC << 1, 3);
  header.write(literalCount - (END_OF_BLOCK + 1), 5);
  header.write(distanceCount - 1, 5);
  header.write(orderedCount - 4, 4);
  ordered.subarray(0, orderedCount).forEach((length) => header.write(length, 3));
  for (const { symbol, extra, extraBits } of items) {
    header.write(codes[symbol]!, lengths[symbol]!);
    header.write(extra, extraBits);
  }
  return header;
}

/** Number of lengths up to the last that is used. */
function usedLength(lengths: Uint8Array, atLeast: number): number {
  return Math.max(lengths.findLastIndex((length) => length > 0) + 1, atLeast);
}

interface CodeLengthItem {
  readonly symbol: number;
  readonly extra: number;
  readonly extraBits: number;
}

/** Symbols of runs of code lengths: the one before again, and zeros in short and long runs. */
const REPEAT = { symbol: 16, least: 3, most: 6, extraBits: 2 };
const ZEROS = { symbol: 17, least: 3, most: 10, extraBits: 3 };
const MANY_ZEROS = { symbol: 18, least: 11, most: 138, extraBits: 7 };

function runsOf(lengths: readonly number[]): CodeLengthItem[] {
  const items: CodeLengthItem[] = [];
  for (let i = 0; i < lengths.length;) {
    const length = lengths[i]!;
    let end = i + 1;
    while (lengths[end] === length) end++;
    if (length !== 0) items.push({ symbol: lengths[i++]!, extra: 0, extraBits: 0 });
    while (i < end) {
      const rest = end - i;
      const run = length !== 0 ? REPEAT : rest >= MANY_ZEROS.least ? MANY_ZEROS : ZEROS;
      const covered = rest < run.least ? 1 : Math.min(rest, run.most);
      items.push(
        covered < run.least
          ? { symbol: length, extra: 0, extraBits: 0 }
          : { symbol: run.symbol, extra: covered - run.least, extraBits: run.extraBits },
      );
      i += covered;
    }
  }
  return items;
}
