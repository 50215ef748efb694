import { frameOf } from "../../../contract/identity.ts";
import assert from "node:assert/strict";
import { contoursUrl } from "../../../contract/urls.ts";
import { settle } from "../../../tests/support/fake_clock.ts";
import { BEGINNING, publishedAnswers } from "../../../tests/support/published_answers.ts";
import { viewerOf } from "../../../tests/support/published_viewer.ts";
import type { Permalink } from "../state/permalink.ts";
import { fetchFirstView } from "./first_view.ts";

const { sidecar } = BEGINNING;
const CONTOURS = { iso32f: { levels: [32], units: "°F", smoothing_m: 0, tolerance_m: 0 } };
const TILES = "/tiles/v3/hrrr/20260217_06z/tmp2m/3";

/** Returns what a page requests for its first view, on a screen a little smaller than a tile. */
async function requested(link: Permalink): Promise<string[]> {
  let urls: string[] = [];
  {
    using published = publishedAnswers();
    const { asked } = published;
    const viewer = viewerOf(link, { pane: { ...BEGINNING, sidecar: { ...sidecar, contours: CONTOURS } } });
    fetchFirstView(viewer, { clientWidth: 500, clientHeight: 500 } as HTMLElement);
    await settle(); // all requests fail; an unhandled error would end the test
    urls = asked;
  }
  return urls;
}

Deno.test("fetchFirstView() requests the tiles in view and the contours of the first frame", async () => {
  // Column 5 of the 32 at zoom 5 is 123.75° W to 112.5° W; 45.09° N is the middle of row 11.
  const link = { at: { latDeg: 45.09, lonDeg: -118.125, zoom: 5 } };
  assert.deepEqual(await requested(link), [`${TILES}/5/5/11.png`, contoursUrl(frameOf(sidecar), "iso32f")]);
});

Deno.test("fetchFirstView() requests the tiles of the region when the address has no camera", async () => {
  // Above the panels are 326 px, in which 42° N to 49° N fit at zoom 4.52. There the screen shows 128° W to 113° W,
  // columns 4.6 to 6.0 of zoom 5, and rows 10.9 to 12.3.
  const tiles = (await requested({ region: "pnw" })).filter((url) => url.startsWith(TILES));
  assert.deepEqual(tiles, ["4/10", "5/10", "4/11", "5/11", "4/12", "5/12"].map((tile) => `${TILES}/5/${tile}.png`));
});

Deno.test("fetchFirstView() requests no tiles of a view that the model does not cover", async () => {
  assert.deepEqual(await requested({ at: { latDeg: 50, lonDeg: 10, zoom: 5 } }), [
    contoursUrl(frameOf(sidecar), "iso32f"),
  ]);
});
