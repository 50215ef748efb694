import assert from "node:assert/strict";
import { contoursUrl, runsUrl, SAMPLE_URL, sidecarUrl } from "../../../contract/urls.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import {
  HRRR,
  type Published,
  publishedAnswers,
  RUN_06,
  TEMPERATURE,
} from "../../../tests/support/published_answers.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import {
  fetchContours,
  fetchRuns,
  fetchSample,
  fetchSamples,
  fetchSidecar,
  isRemembered,
  rememberSidecar,
} from "./api.ts";
import { leadOfHours } from "../../../contract/lead.ts";

// Sidecars and contours stay in memory, so that each test takes an hour of its own.
const frameAt = (hour: number) => ({ model: HRRR, run: RUN_06, var: TEMPERATURE, lead: leadOfHours(hour) });
const SUMMARY = { levels: [32], units: "°F", smoothing_m: 0, tolerance_m: 0 };
const SIDECAR = { ...EXAMPLE_SIDECAR, contours: { iso32f: SUMMARY, every10f: SUMMARY } };

function publishFrame(published: Published, hour: number): void {
  published.publish(sidecarUrl(frameAt(hour)), SIDECAR);
  for (const key of ["iso32f", "every10f"]) published.publish(contoursUrl(frameAt(hour), key), { key });
}

Deno.test("fetchSidecar() asks once, also for requests at the same time; a failure is asked for again", async () => {
  using published = publishedAnswers();
  const frame = frameAt(20);
  await assert.rejects(fetchSidecar(frame), { name: "AnswerError", status: 404 });
  publishFrame(published, 20);
  await Promise.all([fetchSidecar(frame), fetchSidecar(frame)]);
  assert.deepEqual(await fetchSidecar(frame), SIDECAR);
  assert.deepEqual(published.asked, Array(2).fill(sidecarUrl(frame)));
});

Deno.test("fetchContours() fetches every set that the sidecar names, by its key", async () => {
  using published = publishedAnswers();
  publishFrame(published, 21);
  const sets = { iso32f: { key: "iso32f" }, every10f: { key: "every10f" } };
  assert.deepEqual(await fetchContours(frameAt(21), SIDECAR), sets);
  assert.deepEqual(await fetchContours(frameAt(21), SIDECAR), sets);
  assert.equal(published.asked.length, 2, "they are remembered");
});

Deno.test("isRemembered() is true when sidecar and contours of a frame are in memory", async () => {
  using published = publishedAnswers();
  publishFrame(published, 22);
  rememberSidecar(frameAt(22), SIDECAR);
  assert.equal(isRemembered(frameAt(22)), false);
  await fetchContours(frameAt(22), SIDECAR);
  assert.equal(isRemembered(frameAt(22)), true);
  assert.equal(published.asked.includes(sidecarUrl(frameAt(22))), false, "the sidecar came with the page");
});

Deno.test("fetchSample() is null where there is no value (204)", async () => {
  using _globals = replaceGlobals({ fetch: () => Promise.resolve(new Response(null, { status: 204 })) });
  assert.equal(await fetchSample(frameAt(3), 45, -120, 5, new AbortController().signal), null);
});

Deno.test("fetchSamples() posts the points as JSON", async () => {
  const asked: unknown[] = [];
  const fetch = (url: string, { method, headers, body }: RequestInit) => {
    asked.push([url, method, headers, JSON.parse(String(body))]);
    return Promise.resolve(Response.json({}));
  };
  const request = { model: HRRR, run: RUN_06, var: TEMPERATURE, fh: "3m15", points: [{ lat: 45, lon: -120 }] };
  using _globals = replaceGlobals({ fetch });
  await fetchSamples(request);
  assert.deepEqual(asked, [[SAMPLE_URL.slice(1), "POST", { "content-type": "application/json" }, request]]);
});

Deno.test("a failed request names the path without its query, and its status", async () => {
  using _globals = replaceGlobals({ fetch: () => Promise.resolve(new Response(null, { status: 400 })) });
  const { signal } = new AbortController();
  await assert.rejects(fetchSample(frameAt(3), 45, -120, 5, signal), /^AnswerError: \/api\/v3\/sample answered 400$/);
  await assert.rejects(fetchRuns(HRRR), new RegExp(`^AnswerError: ${runsUrl(HRRR)} answered 400$`));
});
