import assert from "node:assert/strict";
import { replaced } from "../../tests/support/replaced.ts";
import { frameId, syntheticInput } from "../../tests/support/published_root.ts";
import type { TileId } from "../../contract/tile.ts";
import { Archive } from "../pmtiles/read_archive.ts";
import { GateError } from "../gates/gate_error.ts";
import { Band } from "../gdal/band.ts";
import { Dataset } from "../gdal/dataset.ts";
import { hrrr } from "../models/hrrr.ts";
import { findVariable } from "../models/registry.ts";
import { TilePngEncoder } from "../tiles/tile_png.ts";
import { buildFrame } from "./build_frame.ts";

const build = async () => {
  await using input = await syntheticInput(frameId(0));
  return buildFrame(frameId(0), hrrr, findVariable(hrrr, frameId(0).var), input.input);
};

/** Changes one sample of each read of a band that gives such samples. */
function changedReads(type: typeof Float32Array | typeof Uint8Array): Disposable {
  return replaced(Band.prototype, "read", (real) =>
    function (this: Band, into: never, window: never) {
      const samples = real.call(this, into, window) as unknown;
      if (samples instanceof type) samples[samples.findIndex((sample) => sample > 0)]! -= 1;
      return samples;
    } as never);
}

Deno.test("buildFrame() fails when a value that GDAL reads differs from the computed one", async () => {
  using _values = changedReads(Float32Array);
  await assert.rejects(build(), /^GateError: .*"samples".*values of level 0/);
});

Deno.test("buildFrame() fails when a pixel that GDAL reads is not the colour of its value", async () => {
  using _pixels = changedReads(Uint8Array);
  await assert.rejects(build(), /^GateError: .*"samples".*channel 0 of level 0/);
});

Deno.test("buildFrame() fails when a file has a block elsewhere than where it was put", async () => {
  for (const bands of [1, 4]) {
    using _place = replaced(
      Band.prototype,
      "blockPlace",
      (real) =>
        function (this: Band, column: number, row: number) {
          const place = real.call(this, column, row);
          const isOther = (this.dataType === "Byte" ? 4 : 1) !== bands;
          return isOther || place === null ? place : { ...place, start: place.start + 1 };
        },
    );
    await assert.rejects(build(), /^GateError: .*"blocks".*place of block 0 of level 0/);
  }
});

Deno.test("buildFrame() fails when a written file does not have the structure that the contract describes", async () => {
  using _layout = replaced(
    Dataset.prototype,
    "metadataItem",
    (real) =>
      function (this: Dataset, name: string, domain?: string) {
        return name === "LAYOUT" ? "IFDS_AFTER_DATA" : real.call(this, name, domain);
      },
  );
  await assert.rejects(build(), (error: unknown) => {
    assert.ok(error instanceof GateError, String(error));
    assert.match(error.message, /layout/);
    return true;
  });
});

Deno.test("buildFrame() fails when a ready tile that is read back is not the tile of the picture", async () => {
  // Each tile is the one to its west.
  using _archive = replaced(
    Archive.prototype,
    "tile",
    (real) =>
      function (this: Archive, { z, x, y }: TileId) {
        return real.call(this, { z, x: z === 5 ? x - 1 : x, y }) ?? real.call(this, { z, x, y });
      },
  );
  await assert.rejects(build(), /^GateError: .*bytes of tile 5\//);
});

Deno.test("buildFrame() fails when a ready tile does not have the numbers of the picture", async () => {
  using _tile = replaced(
    TilePngEncoder.prototype,
    "encode",
    (real) =>
      function (this: TilePngEncoder, numbers: Uint8Array<ArrayBuffer>) {
        const other = numbers.slice();
        const drawn = other.findIndex((number) => number !== 0);
        if (drawn !== -1) other[drawn] = 0;
        return real.call(this, other);
      },
  );
  await assert.rejects(build(), /^GateError: .*palette numbers of tile 0\/0\/0/);
});
