import assert from "node:assert/strict";
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

/** Replaces a method while a test runs. */
function replaced<T extends object, K extends keyof T>(owner: T, name: K, make: (real: T[K]) => T[K]): Disposable {
  const real = owner[name];
  owner[name] = make(real);
  return { [Symbol.dispose]: () => void (owner[name] = real) };
}

const build = async () => {
  await using input = await syntheticInput(frameId(0));
  return buildFrame(frameId(0), hrrr, findVariable(hrrr, frameId(0).var), input.input);
};

Deno.test("buildFrame() fails when a value that is read back differs from the computed one", async () => {
  let reads = 0;
  using _band = replaced(Band.prototype, "read", (real) =>
    function (this: Band, into: never) {
      const values = real.call(this, into) as unknown as Float32Array;
      // One value of each large raster is changed when it is read.
      if (values.length > 100_000) reads++;
      if (values.length > 100_000) values[values.findIndex((value) => !Number.isNaN(value))]! += 1;
      return values;
    } as never);
  await assert.rejects(build(), GateError);
  assert.ok(reads > 0);
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

Deno.test("buildFrame() fails when a pixel that is read back is not the colour of its value", async () => {
  using _pixels = replaced(
    Dataset.prototype,
    "readInterleaved",
    (real) =>
      function (this: Dataset, into: Uint8Array<ArrayBuffer>) {
        real.call(this, into);
        into[into.findIndex((byte) => byte === 255)] = 254;
      } as never,
  );
  await assert.rejects(build(), /^GateError: .*written pixels equal computed pixels/);
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
