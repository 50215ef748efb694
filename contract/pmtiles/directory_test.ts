import assert from "node:assert/strict";
import fc from "fast-check";
import { ArchiveError } from "./archive_error.ts";
import { decodeDirectory, type DirectoryEntry, encodeDirectory, findEntry } from "./directory.ts";
import { TILE_NUMBER_END } from "./tile_number.ts";
import { pushVarint } from "./varint.ts";

const SECTIONS = { tileDataBytes: 2 ** 40, leafDirectoriesBytes: 2 ** 40 };

/** Entries of any size, contiguous or not, with and without gaps between their tiles. */
const directories = fc.array(
  fc.record({
    gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** 40 })),
    runLength: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    length: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    elsewhere: fc.option(fc.integer({ min: 0, max: 2 ** 39 }), { freq: 2 }),
  }),
  { minLength: 1, maxLength: 100 },
).map((parts) => {
  const entries: DirectoryEntry[] = [];
  let [tileNumber, offset] = [0, 0];
  for (const { gap, runLength, length, elsewhere } of parts) {
    tileNumber += gap;
    offset = elsewhere ?? offset;
    entries.push({ tileNumber, runLength, offset, length });
    tileNumber += Math.max(runLength, 1);
    offset += length;
  }
  return entries;
});

/** A directory as the numbers that it consists of. */
function bytesOf(...numbers: number[]): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) pushVarint(bytes, number);
  return Uint8Array.from(bytes);
}

Deno.test("decodeDirectory() reads what encodeDirectory() wrote", () => {
  fc.assert(fc.property(directories, (entries) => {
    assert.deepEqual(decodeDirectory(encodeDirectory(entries), SECTIONS), entries);
  }));
});

Deno.test("encodeDirectory() writes columns, with steps of numbers, and no offset where one entry follows another", () => {
  const entries = [
    { tileNumber: 5, runLength: 2, offset: 0, length: 300 },
    { tileNumber: 7, runLength: 1, offset: 300, length: 10 },
    { tileNumber: 200, runLength: 1, offset: 0, length: 300 },
  ];
  assert.deepEqual([...encodeDirectory(entries)], [3, 5, 2, 193, 1, 2, 1, 1, 172, 2, 10, 172, 2, 1, 0, 1]);
});

Deno.test("findEntry() finds the entry of each tile, and none between entries", () => {
  fc.assert(fc.property(directories, (entries) => {
    for (const entry of entries) {
      const { tileNumber, runLength } = entry;
      assert.equal(findEntry(entries, tileNumber), entry);
      assert.equal(findEntry(entries, tileNumber + Math.max(runLength, 1) - 1), entry);
    }
    const [{ tileNumber }] = entries as [DirectoryEntry];
    assert.equal(findEntry(entries, tileNumber - 1), null);
  }));
  const [first, leaf] = [
    { tileNumber: 3, runLength: 2, offset: 0, length: 1 },
    { tileNumber: 9, runLength: 0, offset: 0, length: 1 },
  ];
  assert.equal(findEntry([first, leaf], 5), null, "between two entries");
  assert.equal(findEntry([first, leaf], 1000), leaf, "a leaf directory has all tiles up to the next entry");
  assert.equal(findEntry([first], 1000), null);
});

for (
  const [name, bytes] of Object.entries({
    "no bytes": bytesOf(),
    "no entry": bytesOf(0),
    "more entries than its bytes can hold": bytesOf(2 ** 40, 1, 1, 1, 1),
    "one entry more than its bytes hold": bytesOf(2, 0, 1, 1, 1, 1, 1, 1),
    "bytes after its end": bytesOf(1, 0, 1, 1, 1, 0),
    "a number that does not end": Uint8Array.of(1, 0, 1, 1, 0x80),
    "a first entry without an offset": bytesOf(1, 0, 1, 1, 0),
    "an entry of no bytes": bytesOf(1, 0, 1, 0, 1),
    "a run length above 32 bits": bytesOf(1, 0, 2 ** 32, 1, 1),
    "two entries of one tile": bytesOf(2, 5, 0, 1, 1, 1, 1, 1, 0),
    "entries that overlap": bytesOf(2, 5, 1, 2, 1, 1, 1, 1, 0),
    "a tile beyond the last": bytesOf(1, TILE_NUMBER_END, 1, 1, 1),
    "tile data beyond its section": bytesOf(1, 0, 1, 101, 1),
    "tile data that begins beyond its section": bytesOf(1, 0, 1, 1, 101),
    "a leaf directory beyond its section": bytesOf(1, 0, 0, 51, 1),
  })
) {
  Deno.test(`decodeDirectory() refuses a directory with ${name}`, () => {
    const sections = { tileDataBytes: 100, leafDirectoriesBytes: 50 };
    assert.throws(() => decodeDirectory(bytes, sections), ArchiveError);
  });
}

Deno.test("decodeDirectory() gives entries inside their sections or an ArchiveError for any bytes", () => {
  const damaged = fc.tuple(directories, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat())
    .map(([entries, changes, cut]) => {
      const bytes = encodeDirectory(entries);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, bytes.length - cut % 3);
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      let entries: DirectoryEntry[];
      try {
        entries = decodeDirectory(bytes, SECTIONS);
      } catch (error) {
        assert.ok(error instanceof ArchiveError, String(error));
        return;
      }
      for (const { offset, length } of entries) assert.ok(offset >= 0 && length > 0 && offset + length <= 2 ** 40);
    }),
    { numRuns: 2000 },
  );
});
