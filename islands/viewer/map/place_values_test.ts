import assert from "node:assert/strict";
import type { SamplesRequest } from "../../../contract/api.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import { type FakeClock, fakeClock } from "../../../tests/support/fake_clock.ts";
import { FakeMap } from "../../../tests/support/fake_map.ts";
import { paintOn, viewerOf } from "../../../tests/support/published_viewer.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import type { Viewer } from "../state/viewer.ts";
import { PLACES_LAYER } from "./basemap_style.ts";
import { showPlaceValues } from "./place_values.ts";

/** The names that a map draws, one of them twice, as at the edge of two tiles. */
const PLACES = [
  { name: "Portland", lonDeg: -122.676, latDeg: 45.523 },
  { name: "Boise", lonDeg: -116.2, latDeg: 43.6 },
  { name: "Portland", lonDeg: -122.676, latDeg: 45.523 },
];

/** A map with names, over which values are drawn. */
class MapWithPlaces extends FakeMap {
  /** Texts that are drawn, from the first place to the last. */
  texts: string[] = [];
  override zoom = 5;

  constructor() {
    super();
    this.addLayer({ id: PLACES_LAYER });
  }

  queryRenderedFeatures = () =>
    PLACES.map(({ name, lonDeg, latDeg }) => ({
      properties: { name },
      geometry: { type: "Point", coordinates: [lonDeg, latDeg] },
    }));
  getCanvasContainer = () => ({ append: () => {} });
  getCanvas = () => ({ clientWidth: 800, clientHeight: 600 });
  getCenter = () => ({ lng: -120, lat: 45 });
  getPixelRatio = () => 1;
  project = () => ({ x: 0, y: 0 });

  /** Makes the elements of the page: a canvas whose context draws texts. */
  readonly document = {
    createElement: () => {
      const known: Record<string, unknown> = {
        clearRect: () => this.texts = [],
        fillText: (text: string) => this.texts.push(text),
      };
      const context = new Proxy(known, { get: (target, name: string) => target[name] ?? (() => {}) });
      return { style: {}, remove: () => {}, getContext: () => context };
    },
  };
}

interface Setting extends Disposable {
  readonly map: MapWithPlaces;
  readonly viewer: Viewer;
  readonly clock: FakeClock;
  readonly asked: readonly SamplesRequest[];
}

/** Shows values on a map at zoom 5 whose frame is painted and whose names are drawn. */
async function mapWithPlaces(
  answer: (attempt: number) => Response,
  sidecar: Sidecar = EXAMPLE_SIDECAR,
): Promise<Setting> {
  using stack = new DisposableStack();
  const map = new MapWithPlaces();
  const asked: SamplesRequest[] = [];
  const fetch = (_: string, { body }: RequestInit) => {
    asked.push(JSON.parse(String(body)));
    return Promise.resolve(answer(asked.length));
  };
  const clock = stack.use(fakeClock());
  stack.use(replaceGlobals({ document: map.document, fetch }));
  const viewer = viewerOf();
  stack.defer(showPlaceValues(map.map, viewer, viewer.first));
  await paintOn(viewer.first, sidecar);
  map.fire("idle");
  await clock.pass(1);
  const opened = stack.move();
  return { map, viewer, clock, asked, [Symbol.dispose]: () => opened.dispose() };
}

Deno.test("showPlaceValues() asks once for each place, in the order of their names, and draws rounded values", async () => {
  using setting = await mapWithPlaces(() => Response.json({ values: [-3.25, 45.67] }));
  const { map, clock, asked } = setting;
  assert.deepEqual(asked.map(({ fh, points }) => ({ fh, points })), [{
    fh: "3",
    points: [{ lat: 43.6, lon: -116.2 }, { lat: 45.523, lon: -122.676 }],
  }]);
  assert.deepEqual(map.texts, ["−3.3", "45.7"]);
  map.fire("idle");
  await clock.pass(1);
  assert.equal(asked.length, 1, "the same names need no other values");
});

Deno.test("showPlaceValues() draws nothing where the map shows nothing: no value, or below the first class", async () => {
  const legend = { type: "discrete", classes: [{ level: 5, label: "5", color: "#000000" }] } as const;
  const sidecar = { ...EXAMPLE_SIDECAR, legend: { type: "discrete" as const, classes: [...legend.classes] } };
  using setting = await mapWithPlaces(() => Response.json({ values: [4.9, 5] }), sidecar);
  const { map } = setting;
  assert.deepEqual(map.texts, ["5.0"]);
});

Deno.test("showPlaceValues() draws a value's label in place of its number", async () => {
  using setting = await mapWithPlaces(() => Response.json({ values: [null, 2], labels: [null, "Snow"] }));
  const { map } = setting;
  assert.deepEqual(map.texts, ["Snow"]);
});

Deno.test("showPlaceValues() never draws a frame's values over another, and asks for no others while a loop plays", async () => {
  using setting = await mapWithPlaces((attempt) => Response.json({ values: [attempt, attempt] }));
  const { map, viewer: { first, playback }, clock, asked } = setting;
  playback.play();
  first.selectIndex(4);
  await clock.pass(1);
  assert.deepEqual([map.texts, asked.length], [[], 1]);
  first.selectIndex(3);
  await clock.pass(1);
  assert.deepEqual([map.texts, asked.length], [["1.0", "1.0"], 1], "these are known");
  playback.pause();
  first.selectIndex(4);
  await clock.pass(1);
  assert.deepEqual([map.texts, asked.length], [["2.0", "2.0"], 2]);
});

Deno.test("showPlaceValues() draws nothing when values are switched off, or the map is farther than zoom 4.5", async () => {
  using setting = await mapWithPlaces(() => Response.json({ values: [1, 2] }));
  const { map, viewer: { layers }, clock } = setting;
  layers.areValuesShown.value = false;
  assert.deepEqual(map.texts, []);
  layers.areValuesShown.value = true;
  assert.deepEqual(map.texts, ["1.0", "2.0"]);
  map.zoom = 4.4;
  map.fire("idle");
  await clock.pass(1);
  assert.deepEqual(map.texts, []);
});

Deno.test("showPlaceValues() asks again 5 s after a failure", async () => {
  using setting = await mapWithPlaces((attempt) =>
    attempt === 1 ? new Response(null, { status: 503 }) : Response.json({ values: [1, 2] })
  );
  const { map, clock, asked } = setting;
  await clock.pass(4990);
  assert.deepEqual([map.texts, asked.length], [[], 1]);
  await clock.pass(20);
  assert.deepEqual([map.texts, asked.length], [["1.0", "2.0"], 2]);
});
