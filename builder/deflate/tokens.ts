import type { BitWriter } from "./bit_writer.ts";
import type { BlockCodes, Frequencies } from "./block_codes.ts";
import { distanceSymbol, LENGTH_SYMBOLS, MAX_LENGTH, MIN_LENGTH } from "./symbols.ts";

/**
 * Content of a block of DEFLATE, in items of one byte or of one pixel: a literal item, as a number below 256, or the
 * repetition of items that came before, as `repetition` packs it.
 */
export type Tokens = Int32Array;

const LENGTH_SHIFT = 16;
const DISTANCE_MASK = 0xffff;

/** @param length number of items @param distance how many items before they were */
export function repetition(length: number, distance: number): number {
  return length << LENGTH_SHIFT | distance;
}

export function isRepetition(token: number): boolean {
  return token > DISTANCE_MASK;
}

/** Codes of the literal items of a block, each written in one or two parts of at most 24 bits. */
export interface ItemCodes {
  /** Bytes of an item. */
  readonly itemBytes: number;
  readonly block: BlockCodes;
  readonly bits: Uint32Array;
  readonly counts: Uint8Array;
  /** The second part, or null. */
  readonly more: { readonly bits: Uint32Array; readonly counts: Uint8Array } | null;
}

/**
 * Counts the symbols of tokens.
 * @param literals gets the number of uses of each literal item
 * @param frequencies gets the number of uses of lengths and distances
 */
export function countTokens(
  tokens: Tokens,
  end: number,
  itemBytes: number,
  literals: Uint32Array,
  frequencies: Frequencies,
): void {
  const lengths = new Uint32Array(MAX_LENGTH + 1);
  const { distances } = frequencies;
  let distance = 1; // that of most repetitions
  let symbol = distanceSymbol(itemBytes);
  for (let i = 0; i < end; i++) {
    const token = tokens[i]!;
    if (isRepetition(token)) {
      const length = (token >>> LENGTH_SHIFT) * itemBytes;
      lengths[length] = lengths[length]! + 1;
      if (distance !== (token & DISTANCE_MASK)) {
        distance = token & DISTANCE_MASK;
        symbol = distanceSymbol(distance * itemBytes);
      }
      distances[symbol] = distances[symbol]! + 1;
    } else literals[token] = literals[token]! + 1;
  }
  for (let length = MIN_LENGTH; length <= MAX_LENGTH; length++) {
    const symbol = LENGTH_SYMBOLS[length]!;
    frequencies.literals[symbol] = frequencies.literals[symbol]! + lengths[length]!;
  }
}

/** Returns the number of bits of a block with its header, of tokens that are bytes and repetitions of the byte before. */
export function sizeOfRuns(tokens: Tokens, from: number, end: number, { block, counts }: ItemCodes): number {
  const { lengthCounts } = block;
  const distanceCount = block.distanceCount(1);
  let bits = block.headerBits + block.endBits;
  for (let i = from; i < end; i++) {
    const token = tokens[i]!;
    bits += isRepetition(token) ? lengthCounts[token >>> LENGTH_SHIFT]! + distanceCount : counts[token]!;
  }
  return bits;
}

/** Most bytes that a token takes. */
const MAX_TOKEN_BYTES = 6;

/** Writes tokens from `from` to before `end`. */
export function writeTokens(writer: BitWriter, tokens: Tokens, from: number, end: number, codes: ItemCodes): void {
  writer.reserve((end - from) * MAX_TOKEN_BYTES);
  writer.position = packTokens(writer.bytes, writer.position, tokens, from, end, codes);
}

/**
 * Writes tokens as `BitWriter.write` writes bits, in one loop. Nothing is computed behind the loop: V8 optimizes the
 * loop while it runs for the first time, and would leave the optimized code there every time.
 * @param position of the first bit
 * @returns position behind the last bit
 */
function packTokens(
  bytes: Uint8Array,
  position: number,
  tokens: Tokens,
  from: number,
  end: number,
  { itemBytes, block, bits, counts, more }: ItemCodes,
): number {
  const { lengthBits, lengthCounts } = block;
  // Most repetitions are of the item before.
  let known = itemBytes;
  let knownBits = block.distanceBits(known);
  let knownCount = block.distanceCount(known);
  for (let i = from; i < end; i++) {
    const token = tokens[i]!;
    let second = 0;
    let secondCount = 0;
    let at = position >>> 3;
    let word = bytes[at]!;
    if (isRepetition(token)) {
      const length = (token >>> LENGTH_SHIFT) * itemBytes;
      word |= lengthBits[length]! << (position & 7);
      position += lengthCounts[length]!;
      const distance = (token & DISTANCE_MASK) * itemBytes;
      if (distance !== known) {
        known = distance;
        knownBits = block.distanceBits(distance);
        knownCount = block.distanceCount(distance);
      }
      second = knownBits;
      secondCount = knownCount;
    } else {
      word |= bits[token]! << (position & 7);
      position += counts[token]!;
      if (more !== null) {
        second = more.bits[token]!;
        secondCount = more.counts[token]!;
      }
    }
    bytes[at] = word;
    bytes[at + 1] = word >>> 8;
    bytes[at + 2] = word >>> 16;
    bytes[at + 3] = word >>> 24;
    if (secondCount === 0) continue;
    at = position >>> 3;
    word = bytes[at]! | second << (position & 7);
    position += secondCount;
    bytes[at] = word;
    bytes[at + 1] = word >>> 8;
    bytes[at + 2] = word >>> 16;
    bytes[at + 3] = word >>> 24;
  }
  return position;
}
