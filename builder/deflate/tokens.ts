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
  for (let i = 0; i < end; i++) {
    const token = tokens[i]!;
    if (isRepetition(token)) {
      const length = (token >>> LENGTH_SHIFT) * itemBytes;
      const symbol = distanceSymbol((token & DISTANCE_MASK) * itemBytes);
      lengths[length] = lengths[length]! + 1;
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
/** The writer's loop stores three bytes at once, of which up to three are beyond what was written. */
const SPARE_BYTES = 4;

/** Writes tokens from `from` to before `end`. */
export function writeTokens(writer: BitWriter, tokens: Tokens, from: number, end: number, codes: ItemCodes): void {
  writer.reserve((end - from) * MAX_TOKEN_BYTES + SPARE_BYTES);
  const { bytes } = writer;
  const { itemBytes, block, bits, counts, more } = codes;
  const { lengthBits, lengthCounts } = block;
  let at = writer.length;
  let pending = writer.pending;
  let pendingBits = writer.pendingBits;
  for (let i = from; i < end; i++) {
    const token = tokens[i]!;
    let second: number;
    let secondCount: number;
    if (isRepetition(token)) {
      const length = (token >>> LENGTH_SHIFT) * itemBytes;
      pending |= lengthBits[length]! << pendingBits;
      pendingBits += lengthCounts[length]!;
      const distance = (token & DISTANCE_MASK) * itemBytes;
      second = block.distanceBits(distance);
      secondCount = block.distanceCount(distance);
    } else {
      pending |= bits[token]! << pendingBits;
      pendingBits += counts[token]!;
      second = more === null ? 0 : more.bits[token]!;
      secondCount = more === null ? 0 : more.counts[token]!;
    }
    // Whole bytes are stored without a branch: up to three, of which the position counts those that are whole.
    bytes[at] = pending;
    bytes[at + 1] = pending >>> 8;
    bytes[at + 2] = pending >>> 16;
    at += pendingBits >>> 3;
    pending >>>= pendingBits & 24;
    pendingBits &= 7;
    if (secondCount === 0) continue;
    pending |= second << pendingBits;
    pendingBits += secondCount;
    bytes[at] = pending;
    bytes[at + 1] = pending >>> 8;
    bytes[at + 2] = pending >>> 16;
    at += pendingBits >>> 3;
    pending >>>= pendingBits & 24;
    pendingBits &= 7;
  }
  writer.length = at;
  writer.pending = pending;
  writer.pendingBits = pendingBits;
}
