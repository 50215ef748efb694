import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { field } from "../field/field.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkWind } from "../gates/wind.ts";
import { CALM, decodeWind, encodeWind, windBytes } from "./wind_png.ts";

const wind = (winds: readonly (readonly [u: number, v: number])[], width = winds.length) => ({
  east: field(width, winds.length / width, Float32Array.from(winds, ([u]) => u)),
  north: field(width, winds.length / width, Float32Array.from(winds, ([, v]) => v)),
});

Deno.test("windBytes() rounds components to steps around 128, and is 0 where either is missing", () => {
  const { pixels, stepMs } = windBytes(wind([[0, 0], [1, -1], [0.06, 0.07], [NaN, 1], [1, NaN], [-0, 15.875]]));
  assert.equal(stepMs, 1 / 8);
  assert.deepEqual([...pixels], [
    ...[CALM, CALM, 0],
    ...[136, 120, 0],
    ...[CALM, 129, 0],
    ...[0, 0, 0],
    ...[0, 0, 0],
    ...[CALM, 255, 0],
  ]);
});

Deno.test("windBytes() takes the smallest power of two into which the strongest component fits", () => {
  for (
    const [strongest, expected] of [[0, 1 / 8], [15.875, 1 / 8], [15.9, 1 / 4], [-32, 1 / 2], [63.5, 1 / 2], [90, 1]]
  ) {
    const { stepMs, pixels } = windBytes(wind([[strongest!, 1]]));
    assert.equal(stepMs, expected);
    assert.ok(pixels[0]! >= 1 && Math.abs((pixels[0]! - CALM) * stepMs - strongest!) <= stepMs / 2);
  }
});

Deno.test("encodeWind() writes a PNG of red, green and blue that other decoders read, with no chunk that changes colours", () => {
  const bytes = windBytes(
    wind(Array.from({ length: 60 }, (_, i) => [Math.sin(i) * 9, i % 11 === 0 ? NaN : i - 30]), 12),
  );
  const png = encodeWind(bytes);
  const { width, height, data } = PNG.sync.read(Buffer.from(png));
  assert.deepEqual([width, height], [12, 5]);
  assert.deepEqual(Buffer.from(data).filter((_: number, i: number) => i % 4 !== 3), Buffer.from(bytes.pixels));
  assert.deepEqual(decodeWind(png), { width, height, pixels: bytes.pixels });
  assert.deepEqual(
    Buffer.from(png).toString("latin1").match(/[A-Z][A-Za-z]{3}(?=.{0,300})/gs)?.filter((name) =>
      ["gAMA", "iCCP", "sRGB", "cHRM"].includes(name)
    ),
    [],
  );
});

Deno.test("checkWind() fails for other bytes, a damaged PNG, and a wind that is missing everywhere", () => {
  const bytes = windBytes(wind([[1, 2], [3, 4]]));
  checkWind(encodeWind(bytes), bytes);
  const rule = (png: Uint8Array<ArrayBuffer>, expected = bytes) => {
    try {
      checkWind(png, expected);
    } catch (error) {
      assert.ok(error instanceof GateError && error.gate === "wind");
      return error.rule;
    }
    return "passed";
  };
  assert.equal(rule(encodeWind(windBytes(wind([[1, 2], [3, 5]])))), "written wind equals computed wind");
  assert.equal(rule(encodeWind(windBytes(wind([[1, 2]])))), "size");
  assert.equal(rule(encodeWind(bytes).slice(0, 40)), "the PNG is readable");
  const missing = windBytes(wind([[NaN, 2]]));
  assert.equal(rule(encodeWind(missing), missing), "wind coverage");
});
