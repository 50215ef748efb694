import assert from "node:assert/strict";
import { BARE_COLORS, judge, likeness } from "./judge.ts";
import type { Sample } from "./probe.ts";

const [WATER, LAND] = BARE_COLORS;
const FRAME = "hrrr/20260217_06z/tmp2m/3";
const LEGENDS = { tmp2m: "2 m temperature °F", refc: "Composite reflectivity dBZ" };
/** The last place is beyond the coverage. */
const PICTURE = [0x299eff, 0x4ac7ff, 0x73d7ff, 0xadffff, 0x30cfc2, WATER];
const PICTURES = new Map([[FRAME, PICTURE]]);

const SAMPLE: Sample = {
  frame: FRAME,
  validTime: "2026-02-17T09:00:00Z",
  hour: "+3 h",
  legend: LEGENDS.tmp2m,
  pixels: PICTURE,
};

function counts(samples: readonly Partial<Sample>[]) {
  const { wrongText, wrongPicture, empty } = judge(
    samples.map((sample) => ({ ...SAMPLE, ...sample })),
    LEGENDS,
    PICTURES,
  );
  return { wrongText, wrongPicture, empty };
}

const NOTHING = { wrongText: 0, wrongPicture: 0, empty: 0 };

Deno.test("judge() accepts a frame's own pixels, and pixels that blending rounded", () => {
  assert.deepEqual(counts([{}, { pixels: PICTURE.map((color) => color - 0x020102) }]), NOTHING);
});

Deno.test("judge() counts clocks, hours and legends of another frame", () => {
  const samples = [{ validTime: "2026-02-17T10:00:00Z" }, { hour: "+4 h" }, { legend: LEGENDS.refc }];
  assert.deepEqual(counts(samples), { ...NOTHING, wrongText: 3 });
});

Deno.test("judge() counts a map as empty when it is bare, wholly or in part", () => {
  const samples = [{ pixels: PICTURE.map(() => LAND) }, { pixels: [WATER, LAND, ...PICTURE.slice(2)] }];
  assert.deepEqual(counts(samples), { ...NOTHING, empty: 2 });
});

Deno.test("judge() counts the image of another frame, and accepts numbers on an image", () => {
  const samples = [{ pixels: PICTURE.toReversed().map((color) => color ^ 0x404040) }, {
    pixels: [0xffffff, ...PICTURE.slice(1)],
  }];
  assert.deepEqual(counts(samples), { ...NOTHING, wrongPicture: 1 });
});

Deno.test("judge() does not judge the pixels of a frame whose image it does not know", () => {
  const frame = "hrrr/20260217_06z/refc/3";
  assert.deepEqual(counts([{ frame, legend: LEGENDS.refc, pixels: PICTURE.map(() => LAND) }]), NOTHING);
});

Deno.test("likeness() is the share of places with weather that are alike", () => {
  assert.equal(likeness(PICTURE, [...PICTURE.slice(0, 3), 0, 0, LAND]), 0.6);
});
