import assert from "node:assert/strict";
import { frameId, syntheticInput } from "../../tests/support/published_root.ts";
import { GateError } from "../gates/gate_error.ts";
import { Band } from "../gdal/band.ts";
import { Dataset } from "../gdal/dataset.ts";
import { hrrr } from "../models/hrrr.ts";
import { findVariable } from "../models/registry.ts";
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
      if (values.length > 100_000) values[values.length >> 1]! += 1;
      return values;
    } as never);
  await assert.rejects(build(), GateError);
  assert.ok(reads > 0);
});

Deno.test("buildFrame() fails when a written file does not have the structure that the contract describes", async () => {
  using _copy = replaced(
    Dataset.prototype,
    "copyTo",
    (real) =>
      function (this: Dataset, path: string, driver: string, options: Record<string, string>) {
        return real.call(this, path, driver as never, driver === "COG" ? { ...options, BLOCKSIZE: "256" } : options);
      } as never,
  );
  await assert.rejects(build(), (error: unknown) => {
    assert.ok(error instanceof GateError, String(error));
    assert.match(error.message, /structure|block/i);
    return true;
  });
});
