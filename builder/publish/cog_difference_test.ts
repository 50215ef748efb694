import assert from "node:assert/strict";
import { pixelsDifference } from "./cog_difference.ts";

Deno.test("pixelsDifference() counts differing values and names the first, where NaN equals NaN", () => {
  const published = { width: 3, bands: [Float32Array.of(1, NaN, 3, 4.1, 5, NaN)] };
  const withValues = (...values: number[]) => ({ width: 3, bands: [Float32Array.of(...values)] });
  assert.equal(pixelsDifference(published, withValues(1, NaN, 3, 4.1, 5, NaN)), null);
  assert.equal(
    pixelsDifference(published, withValues(1, NaN, 3, 4.2, 5, 0)),
    "2 of 6 differ, the first in column 0, row 1: published 4.0999999, rebuilt 4.19999981",
  );
  assert.equal(
    pixelsDifference(published, withValues(1, 2, 3, 4.1, 5, NaN)),
    "1 of 6 differ, the first in column 1, row 0: published NaN, rebuilt 2",
  );
});

Deno.test("pixelsDifference() counts a pixel once when several of its bands differ", () => {
  const picture = (...last: number[]) => ({
    width: 2,
    bands: [Uint8Array.of(9, last[0]!), Uint8Array.of(8, last[1]!), Uint8Array.of(7, last[2]!)],
  });
  assert.equal(
    pixelsDifference(picture(1, 2, 3), picture(1, 5, 6)),
    "1 of 2 differ, the first in column 1, row 0: published 1 2 3, rebuilt 1 5 6",
  );
});
