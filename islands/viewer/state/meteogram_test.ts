import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { seriesUrl } from "../../../contract/urls.ts";
import { BEGINNING, HRRR, modelOf, publishedAnswers, RUN_06 } from "../../../tests/support/published_answers.ts";
import { Meteogram } from "./meteogram.ts";
import { Pane } from "./pane.ts";
import type { Variable } from "./selection.ts";

const [SEATTLE, DENVER] = [{ latDeg: 47.61, lonDeg: -122.33 }, { latDeg: 39.74, lonDeg: -104.99 }];
const variable = (id: string, group: string, units = ""): Variable =>
  ({ ...BEGINNING.variables[0]!, id, group, units }) as Variable;
const VARIABLES = [
  variable("tmp2m", "Temperature"),
  variable("dpt2m", "Temperature"),
  variable("wspd10m", "Wind"),
  variable("ptype", "Precipitation", "code"),
  variable("apcp", "Precipitation", "in"),
];

const paneOf = (variables: readonly Variable[]) =>
  new Pane(signal([modelOf(HRRR, RUN_06)]), { ...BEGINNING, variables });
const PANE = paneOf(VARIABLES);
const urlAt = (point: typeof SEATTLE, ids = ["tmp2m", "wspd10m", "apcp"]) => seriesUrl(HRRR, RUN_06, ids, point);
const statusOf = ({ state }: Meteogram) => state.peek()?.status ?? null;

Deno.test("Meteogram.load() asks for the variable on the map, and the first of temperature, wind and inches of rain", async () => {
  using published = publishedAnswers();
  const meteogram = new Meteogram();
  await meteogram.load(PANE, SEATTLE);
  assert.deepEqual(published.asked, [urlAt(SEATTLE)]);
  await meteogram.load(paneOf([variable("tmp2m", "Other")]), SEATTLE);
  assert.deepEqual(published.asked.slice(1), [urlAt(SEATTLE, ["tmp2m"])], "a model that has no others");
});

Deno.test("Meteogram.load() keeps the series of the same point until the new one is there, but none of another point", async () => {
  using published = publishedAnswers();
  for (const point of [SEATTLE, DENVER]) published.publish(urlAt(point), { series: [] });
  const meteogram = new Meteogram();
  assert.equal(statusOf(meteogram), null);
  const first = meteogram.load(PANE, SEATTLE);
  assert.equal(statusOf(meteogram), "loading");
  await first;
  assert.equal(statusOf(meteogram), "ready");
  const again = meteogram.load(PANE, SEATTLE);
  assert.equal(statusOf(meteogram), "ready");
  await again;
  const other = meteogram.load(PANE, DENVER);
  assert.equal(statusOf(meteogram), "loading");
  await other;
});

Deno.test("Meteogram.load() ignores the answer for a point that was left meanwhile", async () => {
  using published = publishedAnswers();
  const { promise, resolve } = Promise.withResolvers<void>();
  published.publish(urlAt(SEATTLE), { series: [], lat: 47.61 }, promise);
  published.publish(urlAt(DENVER), { series: [], lat: 39.74 });
  const meteogram = new Meteogram();
  const late = meteogram.load(PANE, SEATTLE);
  await meteogram.load(PANE, DENVER);
  resolve();
  await late;
  assert.deepEqual(meteogram.state.peek(), { status: "ready", answer: { series: [], lat: 39.74 } });
  const cleared = meteogram.load(PANE, SEATTLE);
  meteogram.clear();
  await cleared;
  assert.equal(statusOf(meteogram), null);
});

Deno.test("Meteogram.load() tells the reason of a failure", async () => {
  using _published = publishedAnswers();
  const meteogram = new Meteogram();
  await meteogram.load(PANE, SEATTLE);
  assert.deepEqual(meteogram.state.peek(), { status: "failed", reason: "the server answered 404" });
});
