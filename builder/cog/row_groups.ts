import { constants, crc32, deflateRawSync } from "node:zlib";
import { BLOCK_SIZE_PX } from "../../contract/grid.ts";
import { ROW_GROUPS_PER_BLOCK, type RowGroup, ROWS_PER_GROUP } from "../../contract/row_index.ts";
import { concatenate } from "../concatenate.ts";
import { adler32 } from "./adler32.ts";

const FLOAT32_BYTES = 4;
const GROUP_BYTES = ROWS_PER_GROUP * BLOCK_SIZE_PX * FLOAT32_BYTES;

/**
 * Most differences of the predictor are 0, so runs are all that a search for repetitions finds: no level gives fewer
 * bytes, and all but the first take longer (docs/PERFORMANCE.md). Window and symbol buffer are those of a group: zlib
 * clears its memory for each.
 */
const OPTIONS = {
  level: 1,
  strategy: constants.Z_RLE,
  windowBits: Math.log2(GROUP_BYTES),
  memLevel: 7,
  chunkSize: GROUP_BYTES + 1024,
} as const;

/** Header of a zlib stream with a window of 32 KiB and the fastest level. */
const ZLIB_HEADER = Uint8Array.of(0x78, 0x01);

/** A deflated block of values, and where in it each row group is. */
export interface DeflatedBlock {
  /** A zlib stream (RFC 1950) of the whole block. */
  readonly stream: Uint8Array<ArrayBuffer>;
  readonly groups: RowGroup[];
}

/**
 * Deflates a block so that each row group refers to nothing before it. A flush ends a group at a byte boundary, and the
 * last group ends the stream.
 */
export function deflateRowGroups(block: Uint8Array<ArrayBuffer>): DeflatedBlock {
  const parts: Uint8Array[] = [ZLIB_HEADER];
  const groups: RowGroup[] = [];
  let start = ZLIB_HEADER.length;
  for (let i = 0; i < ROW_GROUPS_PER_BLOCK; i++) {
    const isLast = i === ROW_GROUPS_PER_BLOCK - 1;
    const group = deflateRawSync(block.subarray(i * GROUP_BYTES, (i + 1) * GROUP_BYTES), {
      ...OPTIONS,
      finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    });
    parts.push(group);
    groups.push({ start, length: group.length, crc32: crc32(group) });
    start += group.length;
  }
  parts.push(bigEndian(adler32(block)));
  return { stream: concatenate(parts), groups };
}

function bigEndian(word: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word);
  return bytes;
}
