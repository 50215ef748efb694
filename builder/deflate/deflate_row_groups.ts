import { crc32 } from "node:zlib";
import { BLOCK_SIZE_PX } from "../../contract/grid.ts";
import { ROW_GROUPS_PER_BLOCK, type RowGroup, ROWS_PER_GROUP } from "../../contract/row_index.ts";
import { BitWriter } from "./bit_writer.ts";
import { BlockCodes, noFrequencies } from "./block_codes.ts";
import { END_OF_BLOCK, MAX_LENGTH, MIN_LENGTH } from "./symbols.ts";
import { countTokens, type ItemCodes, repetition, sizeOfRuns, type Tokens, writeTokens } from "./tokens.ts";
import { ZLIB_HEADER, zlibStream } from "./zlib_stream.ts";

const FLOAT32_BYTES = 4;
const GROUP_BYTES = ROWS_PER_GROUP * BLOCK_SIZE_PX * FLOAT32_BYTES;

/** A deflated block of values, and where in it each row group is. */
export interface DeflatedBlock {
  /** A zlib stream (RFC 1950) of the whole block. */
  readonly stream: Uint8Array<ArrayBuffer>;
  readonly groups: RowGroup[];
}

/** Groups with more tokens are never smaller with the codes that every reader knows: theirs save more than a header. */
const FEW_TOKENS = 1000;

const FIXED: ItemCodes = byteCodes(BlockCodes.fixed());

/** Calls are synchronous, so only one uses the tokens and the writer at a time. */
const tokens: Tokens = new Int32Array(GROUP_BYTES * ROW_GROUPS_PER_BLOCK);
const writer = new BitWriter(1 << 18);

/**
 * Deflates a block of predicted values so that each row group can be inflated alone: it refers to nothing before it, has
 * codes of its own in front, and ends at a byte's boundary with an empty stored block, as zlib's flush does.
 *
 * Most differences of the predictor are 0, so runs of a byte are all that is looked for: a search for other repetitions
 * takes longer for the same bytes. All groups of a block have the same codes, made once, except those that are smaller
 * with the codes that every reader knows. zlib makes them for each group: a tenth smaller in twice the time
 * (docs/PERFORMANCE.md).
 * @param block the bytes of a block, aligned to words
 */
export function deflateRowGroups(block: Uint8Array<ArrayBuffer>): DeflatedBlock {
  const ends = tokenizeGroups(block, tokens);
  const shared = codesFor(ends.at(-1)!);
  const groups: RowGroup[] = [];
  writer.reset();
  let from = 0;
  ends.forEach((end, i) => {
    const start = writer.length;
    const isLast = i === ROW_GROUPS_PER_BLOCK - 1;
    const codes =
      end - from > FEW_TOKENS || sizeOfRuns(tokens, from, end, shared) < sizeOfRuns(tokens, from, end, FIXED)
        ? shared
        : FIXED;
    codes.block.writeHeader(writer, isLast);
    writeTokens(writer, tokens, from, end, codes);
    codes.block.writeEnd(writer);
    if (!isLast) writer.write(0, 3); // a stored block follows, which begins at the next byte
    writer.alignToByte();
    if (!isLast) {
      writer.write(0, 16);
      writer.write(0xffff, 16);
    }
    const bytes = writer.bytes.subarray(start, writer.length);
    groups.push({ start: ZLIB_HEADER.length + start, length: bytes.length, crc32: crc32(bytes) });
    from = end;
  });
  return { stream: zlibStream([writer.bytes.subarray(0, writer.length)], block), groups };
}

/**
 * Finds runs of a byte in each group.
 * @param into gets at most one token for each byte
 * @returns the end of each group's tokens
 */
function tokenizeGroups(bytes: Uint8Array<ArrayBuffer>, into: Tokens): Int32Array {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let count = 0;
  return Int32Array.from({ length: ROW_GROUPS_PER_BLOCK }, (_, group) => {
    count = tokenizeRuns(bytes, words, group * GROUP_BYTES, into, count);
    return count;
  });
}

/** @returns the number of tokens with those of this group */
function tokenizeRuns(bytes: Uint8Array, words: Int32Array, start: number, into: Tokens, tokensBefore: number): number {
  const stop = start + GROUP_BYTES;
  let count = tokensBefore;
  let before = -1;
  for (let i = start; i < stop;) {
    const own = bytes[i]!;
    if (own !== before) {
      into[count++] = own;
      before = own;
      i++;
      continue;
    }
    const limit = Math.min(i + MAX_LENGTH, stop);
    let end = i + 1;
    while (end < limit && (end & 3) !== 0 && bytes[end] === own) end++;
    if (own === 0 && (end & 3) === 0) { // long runs are runs of 0, which are compared as words
      while (end + 4 <= limit && words[end >> 2] === 0) end += 4;
    }
    while (end < limit && bytes[end] === own) end++;
    if (end - i >= MIN_LENGTH) into[count++] = repetition(end - i, 1);
    else {
      for (let k = i; k < end; k++) into[count++] = own;
    }
    i = end;
  }
  return count;
}

/** Makes the codes of all groups together. @param end of the last group's tokens */
function codesFor(end: number): ItemCodes {
  const frequencies = noFrequencies();
  countTokens(tokens, end, 1, frequencies.literals, frequencies);
  frequencies.literals[END_OF_BLOCK] = ROW_GROUPS_PER_BLOCK;
  return byteCodes(BlockCodes.dynamic(frequencies));
}

function byteCodes(block: BlockCodes): ItemCodes {
  const { lengths, codes } = block.literals;
  return { itemBytes: 1, block, bits: Uint32Array.from(codes), counts: lengths, more: null };
}
