import assert from "node:assert/strict";
import { modelGeometry } from "../../contract/models.ts";
import { overviewFactors, reducedSize } from "../../contract/pyramid.ts";
import { frameTiles } from "../frame/frame_tiles.ts";
import { encodeArchive } from "../pmtiles/encode_archive.ts";
import { Archive } from "../pmtiles/read_archive.ts";
import { tilesDifference } from "./tiles_difference.ts";

const ECMWF = modelGeometry("ecmwf")!;
const COLORS = new Uint32Array(Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 255, 250, 100, 0, 255).buffer);

/** Returns an archive of ECMWF's grid, in which all pixels have a number, and one in the south-east has another. */
function archiveOf(number: number, last = number, colors = COLORS): Uint8Array<ArrayBuffer> {
  const images = [1, ...overviewFactors(ECMWF.grid)].map((factor) => {
    const { width, height } = reducedSize(ECMWF.grid, factor);
    const numbers = new Uint8Array(width * height).fill(number);
    if (factor === 1) numbers[numbers.length - 1] = last;
    return { width, height, numbers };
  });
  return frameTiles(ECMWF, images, colors, { name: "", attribution: "" });
}

Deno.test("tilesDifference() compares every tile's pixels and palette, whatever bytes they are encoded as", () => {
  const archive = archiveOf(1);
  assert.equal(tilesDifference(archive, archiveOf(1), ECMWF), null);
  assert.equal(tilesDifference(archive, archiveOf(2), ECMWF), "the numbers of tile 0/0/0 differ");
  assert.match(tilesDifference(archive, archiveOf(1, 2), ECMWF)!, /^the numbers of tile [1-9]\/[0-9]+\/[0-9]+ differ$/);
  const otherColors = COLORS.slice();
  otherColors[1]! ^= 1;
  assert.equal(tilesDifference(archive, archiveOf(1, 1, otherColors), ECMWF), "the palette of tile 0/0/0 differ");
});

Deno.test("tilesDifference() names a tile that one of the two does not have", () => {
  const whole = archiveOf(1);
  const { header } = new Archive(whole);
  const bytes = new Archive(whole).tile({ z: 0, x: 0, y: 0 })!;
  const one = encodeArchive([{ tile: { z: 0, x: 0, y: 0 }, bytes }], { ...header, metadata: {} });
  assert.match(tilesDifference(whole, one, ECMWF)!, /^tile 1\/0\/0 is there, and not rebuilt$/);
  assert.match(tilesDifference(one, whole, ECMWF)!, /^tile 1\/0\/0 is not there, and rebuilt$/);
});
