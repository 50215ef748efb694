import assert from "node:assert/strict";
import { CASES, goldenFile, type GoldenResult, runCase } from "./cases.ts";

for (const golden of CASES) {
  Deno.test(`golden: ${golden.name} gives exactly the values and colours that were reviewed`, async () => {
    const expected = JSON.parse(await Deno.readTextFile(goldenFile(golden.name))) as GoldenResult;
    assert.deepEqual(runCase(golden), expected);
  });
}

Deno.test("golden: the wind 3, 4 m/s is 5 m/s, in the colour of 11.2 mph", () => {
  const golden = CASES.find(({ name }) => name === "wspd")!;
  const { values, colors } = runCase(golden);
  assert.deepEqual(values.slice(0, 5), [11.1847, 11.1847, 11.1847, 11.1847, 0]);
  assert.equal(new Set(colors.slice(0, 4)).size, 1);
  // Between the stops 10 mph #1d91c0 and 15 mph #41b6c4, a quarter of the way.
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colors[0]!.slice(at, at + 2), 16));
  assert.ok(
    red! >= 0x1d && red! <= 0x41 && green! >= 0x91 && green! <= 0xb6 && blue! >= 0xc0 && blue! <= 0xc4,
    colors[0]!,
  );
});
