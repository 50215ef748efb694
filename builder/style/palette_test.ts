import assert from "node:assert/strict";
import { field } from "../field/field.ts";
import { colorize } from "../../tests/support/colorize.ts";
import { MAX_COLORS, parseHex, smoothPalette, steppedPalette, toHex } from "./palette.ts";
import { NWS_TEMPERATURE_F } from "./nws_palettes.ts";

Deno.test("parseHex() and toHex() are inverse, and parseHex() refuses other forms", () => {
  assert.deepEqual(parseHex("#0d3d9c"), [13, 61, 156]);
  assert.equal(toHex([13, 61, 156]), "#0d3d9c");
  for (const text of ["0d3d9c", "#0D3D9C", "#fff", "red"]) assert.throws(() => parseHex(text), SyntaxError);
});

Deno.test("smoothPalette() mixes colours linearly and has exactly the given end colours", () => {
  const { colors, legend } = smoothPalette([[0, "#000000"], [10, "#fe0000"]], 0, 10);
  assert.equal(colors.length, MAX_COLORS);
  assert.deepEqual(colors[0], [0, 0, 0]);
  assert.deepEqual(colors[127], [127, 0, 0]);
  assert.deepEqual(colors[254], [254, 0, 0]);
  assert.deepEqual(legend, { type: "gradient", stops: [[0, "#000000"], [10, "#fe0000"]] });
});

Deno.test("smoothPalette() refuses a range that its colours do not reach", () => {
  assert.throws(() => smoothPalette([[0, "#000000"], [10, "#ffffff"]], 0, 11), RangeError);
});

Deno.test("NWS_TEMPERATURE_F has nearly the NWS colour in the middle of a bin", () => {
  const { colors, min, max } = NWS_TEMPERATURE_F;
  assert.deepEqual([min, max, colors.length], [-40, 122.5, 255]);
  // 122.5 °F is the middle of the last bin and the last entry.
  assert.equal(toHex(colors[254]!), "#280028");
  // In other bins an entry lies within half a step (0.32 °F of a 5 °F bin) of the middle.
  const nearest = (value: number) => colors[Math.round((value - min) / (max - min) * 254)]!;
  for (const [middle, hex] of [[32.5, "#30cfc2"], [2.5, "#0d3d9c"], [72.5, "#ffffb3"], [-32.5, "#ffffff"]] as const) {
    const expected = parseHex(hex);
    nearest(middle).forEach((channel, i) =>
      assert.ok(Math.abs(channel - expected[i]!) <= 14, `${middle}: ${toHex(nearest(middle))}`)
    );
  }
});

Deno.test("colorize() clamps beyond both ends, and only NaN is transparent", () => {
  const palette = smoothPalette([[0, "#000000"], [254, "#fefefe"]], 0, 254);
  const values = [0, 254, -1e9, 1e9, NaN, -0, 0.49, 0.51, 127, Infinity, -Infinity];
  const pixels = colorize(field(values.length, 1, Float32Array.from(values)), palette);
  const gray = (i: number) => [...pixels.subarray(i * 4, i * 4 + 4)];
  const expected = [0, 254, 0, 254, null, 0, 0, 1, 127, 254, 0];
  expected.forEach((level, i) =>
    assert.deepEqual(gray(i), level === null ? [0, 0, 0, 0] : [level, level, level, 255], `value ${values[i]}`)
  );
});

Deno.test("colorize() gives a class its colour from its lower edge on, and leaves values that are not drawn transparent", () => {
  const palette = steppedPalette([[0.01, "#010101"], [0.1, "#020202"], [30, "#030303"]], {
    max: 40,
    undrawn: { below: 0.01, label: "Dry" },
  });
  const values = [0, -0, 0.009, 0.01, 0.099, 0.1, 29.9, 30, 1e9, NaN];
  const pixels = colorize(field(values.length, 1, Float32Array.from(values)), palette);
  const red = values.map((_, i) => pixels[i * 4 + 3] === 255 ? pixels[i * 4] : null);
  assert.deepEqual(red, [null, null, null, 1, 1, 2, 2, 3, 3, null]);
});

Deno.test("steppedPalette() refuses edges that do not ascend", () => {
  assert.throws(() => steppedPalette([[1, "#000000"], [1, "#ffffff"]], { max: 2 }), RangeError);
  assert.throws(() => steppedPalette([[1, "#000000"]], { max: 1 }), RangeError);
  assert.throws(() => steppedPalette([], { max: 1 }), RangeError);
});
