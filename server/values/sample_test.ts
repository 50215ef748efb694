import assert from "node:assert/strict";
import { frameFields } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { latitude, longitude } from "../../contract/projection.ts";
import { keptLog } from "../../tests/support/kept_log.ts";
import { frameId, publishedRoot } from "../../tests/support/published_root.ts";
import { replaceValues } from "../../tests/support/value_cog_file.ts";
import { Catalogue } from "../catalogue.ts";
import { makeBlockCache } from "../cog/block_cache.ts";
import { FrameStore } from "../frame_store.ts";
import { type Point, sample, sampleOrNull, samples } from "./sample.ts";

const FRAME = frameId(0);
const LABELLED = frameId(0, "radar_ptype");
const { grid: GRID } = modelGeometry(FRAME.model)!;
const OUTSIDE: Point = { latDeg: 0, lonDeg: 0 };

/** The middle of a cell of the value grid. */
function centre(column: number, row: number): Point {
  const { westM, northM, pixelSizeM } = GRID;
  return {
    lonDeg: longitude(westM + (column + 0.5) * pixelSizeM),
    latDeg: latitude(northM - (row + 0.5) * pixelSizeM),
  };
}

/** Frames whose values are known: a temperature of column + row / 50 without a value in column 7, and a code. */
async function knownFrames() {
  const root = await publishedRoot([0], ["tmp2m", "radar_ptype"]);
  await replaceValues(root.dataRoot, FRAME, (column, row) => column === 7 ? NaN : column + row / 50);
  await replaceValues(root.dataRoot, LABELLED, (column) => column === 7 ? NaN : 0);
  const roots = rootsBelow(root.dataRoot);
  const frames = new FrameStore(roots, new Catalogue(roots, keptLog().log), makeBlockCache(8));
  return {
    frames,
    [Symbol.asyncDispose]: async () => {
      frames.close();
      await root[Symbol.asyncDispose]();
    },
  };
}

Deno.test("sample() returns the value of the cell that holds the point, rounded to the variable's precision", async () => {
  await using known = await knownFrames();
  const point = centre(20, 38); // 20.76 °F
  assert.deepEqual(await sample(known.frames, FRAME, point, null), {
    ...frameFields(FRAME),
    valid_time: "2026-02-17T06:00:00Z",
    lat: point.latDeg,
    lon: point.lonDeg,
    value: 21,
    units: "°F",
  });
  assert.equal((await sample(known.frames, LABELLED, point, null))!.label, "No echo");
});

Deno.test("sample() is null outside the coverage and at nodata, where sampleOrNull() tells all but the value", async () => {
  await using known = await knownFrames();
  for (const point of [OUTSIDE, centre(7, 0)]) {
    assert.equal(await sample(known.frames, FRAME, point, null), null);
    const { value, units, lat } = await sampleOrNull(known.frames, FRAME, point, null);
    assert.deepEqual([value, units, lat], [null, "°F", point.latDeg]);
  }
  assert.equal((await sampleOrNull(known.frames, FRAME, centre(20, 38), null)).value, 21);
});

Deno.test("samples() returns values in the order of the points, with labels for variables that have labels", async () => {
  await using known = await knownFrames();
  const points = [centre(6, 10), centre(7, 10), OUTSIDE, centre(8, 10)];
  const { values, labels, units } = await samples(known.frames, FRAME, points, null);
  assert.deepEqual([values, labels, units], [[6, null, null, 8], undefined, "°F"]);
  const coded = await samples(known.frames, LABELLED, points, null);
  assert.deepEqual(coded.values, [0, null, null, 0]);
  assert.deepEqual(coded.labels, ["No echo", null, null, "No echo"]);
});
