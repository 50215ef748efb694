import assert from "node:assert/strict";
import fc from "fast-check";
import { ArchiveError } from "./archive_error.ts";
import { type ArchiveHeader, decodeHeader, encodeHeader, HEADER_BYTES, ROOT_END_BYTES } from "./header.ts";

const FILE_BYTES = 10_000;
const HEADER: ArchiveHeader = {
  rootDirectory: { offset: 127, length: 300 },
  metadata: { offset: 427, length: 73 },
  leafDirectories: { offset: 500, length: 0 },
  tileData: { offset: 500, length: 9500 },
  addressedTiles: 55,
  tileEntries: 48,
  tileContents: 47,
  isClustered: true,
  internalCompression: "gzip",
  tileCompression: "none",
  tileType: "png",
  minZoom: 0,
  maxZoom: 5,
  box: { west: -134, south: 21.1234567, east: -60, north: 53 },
  center: { lon: -97.5, lat: 38.25, zoom: 3 },
};

Deno.test("decodeHeader() reads what encodeHeader() wrote", () => {
  const bytes = encodeHeader(HEADER);
  assert.equal(bytes.length, HEADER_BYTES);
  assert.deepEqual(decodeHeader(bytes, FILE_BYTES), HEADER);
  const longer = new Uint8Array(HEADER_BYTES + 8);
  longer.set(bytes, 4);
  assert.deepEqual(decodeHeader(longer.subarray(4), FILE_BYTES), HEADER);
});

Deno.test("encodeHeader() writes the fields where the specification has them", () => {
  const bytes = encodeHeader(HEADER);
  const view = new DataView(bytes.buffer);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, 7)), "PMTiles");
  assert.deepEqual([...bytes.subarray(96, 102)], [1, 2, 1, 2, 0, 5]);
  assert.deepEqual([8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88].map((at) => Number(view.getBigUint64(at, true))), [
    127,
    300,
    427,
    73,
    500,
    0,
    500,
    9500,
    55,
    48,
    47,
  ]);
  assert.deepEqual([102, 106, 110, 114, 119, 123].map((at) => view.getInt32(at, true)), [
    -1340000000,
    211234567,
    -600000000,
    530000000,
    -975000000,
    382500000,
  ]);
  assert.equal(bytes[118], 3);
});

const IMPOSSIBLE: Readonly<Record<string, Partial<ArchiveHeader>>> = {
  "a first zoom after the last": { minZoom: 6 },
  "a zoom beyond the last": { maxZoom: 27 },
  "bounds outside the Earth": { box: { ...HEADER.box, west: -181 } },
  "bounds without a width": { box: { ...HEADER.box, west: -60 } },
  "bounds upside down": { box: { ...HEADER.box, south: 53, north: 21 } },
  "a center outside the Earth": { center: { lon: 0, lat: 91, zoom: 0 } },
  "a center at no zoom": { center: { lon: 0, lat: 0, zoom: -1 } },
  "a root directory without bytes": { rootDirectory: { offset: 127, length: 0 } },
  "a root directory beyond its part of the file": { rootDirectory: { offset: 127, length: ROOT_END_BYTES - 127 } },
};

for (const [name, facts] of Object.entries(IMPOSSIBLE)) {
  Deno.test(`encodeHeader() refuses ${name}`, () => {
    assert.throws(() => encodeHeader({ ...HEADER, ...facts }), RangeError);
  });
}

const changed = (change: (view: DataView) => void) => {
  const bytes = encodeHeader(HEADER);
  change(new DataView(bytes.buffer));
  return bytes;
};

for (
  const [name, bytes] of Object.entries({
    "too few bytes": encodeHeader(HEADER).subarray(0, 126),
    "another magic": changed((view) => view.setUint8(6, 0x53)),
    "another version": changed((view) => view.setUint8(7, 2)),
    "a compression that is not defined": changed((view) => view.setUint8(97, 5)),
    "a tile type that is not defined": changed((view) => view.setUint8(99, 200)),
    "zooms upside down": changed((view) => view.setUint8(100, 6)),
    "bounds outside the Earth": changed((view) => view.setInt32(102, -1_800_000_001, true)),
    "a section inside the header": changed((view) => view.setBigUint64(24, 126n, true)),
    "a section beyond the file": changed((view) => view.setBigUint64(64, 9501n, true)),
    "a section of nearly 2^64 bytes": changed((view) => view.setBigUint64(56, 2n ** 64n - 1n, true)),
    "a count above 2^53": changed((view) => view.setBigUint64(72, 2n ** 60n, true)),
    "a root directory of no bytes": changed((view) => view.setBigUint64(16, 0n, true)),
  })
) {
  Deno.test(`decodeHeader() refuses a header with ${name}`, () => {
    assert.throws(() => decodeHeader(bytes, FILE_BYTES), ArchiveError);
  });
}

Deno.test("decodeHeader() gives sections inside the file or an ArchiveError for any bytes", () => {
  const damaged = fc.array(fc.tuple(fc.integer({ min: 8, max: 126 }), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => changed((view) => changes.forEach(([at, value]) => view.setUint8(at, value))));
  fc.assert(
    fc.property(damaged, (bytes) => {
      let header: ArchiveHeader;
      try {
        header = decodeHeader(bytes, FILE_BYTES);
      } catch (error) {
        assert.ok(error instanceof ArchiveError, String(error));
        return;
      }
      for (const { offset, length } of [header.rootDirectory, header.metadata, header.tileData]) {
        assert.ok(offset >= HEADER_BYTES && offset + length <= FILE_BYTES);
      }
    }),
    { numRuns: 2000 },
  );
});
