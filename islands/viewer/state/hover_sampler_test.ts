import assert from "node:assert/strict";
import { frame } from "../../../tests/support/identity.ts";
import type { SampleAnswer } from "../../../contract/api.ts";
import { frameFields } from "../../../contract/identity.ts";
import { leadText } from "../../../contract/lead.ts";
import { HOVER_DELAY_MS, HoverSampler, type HoverState } from "./hover_sampler.ts";

const FRAME = frame("hrrr/20260217_06z/tmp2m/0");
const NEXT_FRAME = frame("hrrr/20260217_06z/tmp2m/1");
const REST_MS = HOVER_DELAY_MS + 60;

const sampleOf = (value: number): SampleAnswer => ({
  ...frameFields(FRAME),
  value,
  units: "°F",
  valid_time: "2026-02-17T06:00:00Z",
  lat: 0,
  lon: 0,
});
const ZOOM = 5;

const rest = (ms = REST_MS) => new Promise((resolve) => setTimeout(resolve, ms));

function sampler(
  answer: (lat: number, lon: number) => Promise<SampleAnswer | null> = () => Promise.resolve(sampleOf(1)),
) {
  const asked: string[] = [];
  const states: HoverState[] = [];
  const hover = new HoverSampler((frame, lat, lon) => {
    asked.push(`${leadText(frame.lead)}:${lat},${lon}`);
    return answer(lat, lon);
  }, (state) => states.push(state));
  return { hover, asked, states, last: () => states.at(-1) };
}

Deno.test("HoverSampler asks once the pointer rests, for the last point", async () => {
  const { hover, asked, last } = sampler();
  for (let i = 0; i < 20; i++) hover.moveTo(FRAME, 40 + i / 100, -100, ZOOM);
  assert.deepEqual(asked, []);
  assert.equal(last()?.status, "waiting");
  await rest();
  assert.deepEqual(asked, ["0:40.19,-100"]);
  assert.equal(last()?.status, "value");
});

Deno.test("HoverSampler asks once for a cell of a thousandth of a degree and a zoom", async () => {
  const { hover, asked, last } = sampler();
  hover.moveTo(FRAME, 40.0001, -100.0001, ZOOM);
  await rest();
  hover.moveTo(FRAME, 40.0004, -99.9999, ZOOM);
  assert.equal(last()?.status, "value", "a known cell is shown at once");
  await rest();
  assert.deepEqual(asked, ["0:40,-100"]);
  hover.moveTo(NEXT_FRAME, 40.0004, -99.9999, ZOOM);
  await rest();
  assert.deepEqual(asked, ["0:40,-100", "1:40,-100"]);
  hover.moveTo(NEXT_FRAME, 40.0004, -99.9999, ZOOM + 1); // other pixels are shown there
  await rest();
  assert.deepEqual(asked, ["0:40,-100", "1:40,-100", "1:40,-100"]);
});

Deno.test("HoverSampler drops an answer that arrives after the pointer moved on", async () => {
  const late = Promise.withResolvers<SampleAnswer>();
  const { hover, last } = sampler((lat) => lat === 40 ? late.promise : Promise.resolve(sampleOf(2)));
  hover.moveTo(FRAME, 40, -100, ZOOM);
  await rest();
  hover.moveTo(FRAME, 41, -100, ZOOM);
  await rest();
  late.resolve(sampleOf(1));
  await rest(10);
  const state = last();
  assert.ok(state?.status === "value" && state.sample.value === 2);
});

Deno.test("HoverSampler hides at once when the pointer leaves, and stays hidden", async () => {
  const late = Promise.withResolvers<SampleAnswer>();
  const { hover, last } = sampler(() => late.promise);
  hover.moveTo(FRAME, 40, -100, ZOOM);
  await rest();
  hover.leave();
  assert.equal(last()?.status, "hidden");
  late.resolve(sampleOf(1));
  await rest(10);
  assert.equal(last()?.status, "hidden");
});

Deno.test("HoverSampler shows nothing when there is no value or it cannot be read", async () => {
  const nothing = sampler(() => Promise.resolve(null));
  nothing.hover.moveTo(FRAME, 40, -100, ZOOM);
  const failing = sampler(() => Promise.reject(new Error("no connection")));
  failing.hover.moveTo(FRAME, 40, -100, ZOOM);
  await rest();
  assert.equal(nothing.last()?.status, "nothing");
  assert.equal(failing.last()?.status, "nothing");
  failing.hover.moveTo(FRAME, 40, -100, ZOOM);
  await rest();
  assert.equal(failing.asked.length, 2, "a failure is not remembered");
});

Deno.test("HoverSampler remembers a cell, also at a longitude once round the world", async () => {
  const { hover, asked } = sampler();
  for (let i = 0; i < 3; i++) {
    hover.moveTo(FRAME, 40 + i, -100, ZOOM);
    await rest();
  }
  hover.moveTo(FRAME, 40, -460, ZOOM);
  await rest(0);
  assert.equal(asked.length, 3, "a longitude once round the world is the same cell");
});
