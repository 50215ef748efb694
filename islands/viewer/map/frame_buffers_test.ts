import assert from "node:assert/strict";
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from "maplibre-gl";
import { leadOfHours } from "../../../contract/lead.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import { fakeGl } from "../../../tests/support/fake_gl.ts";
import { FrameBuffers, type FrameContent, type PictureStyle } from "./frame_buffers.ts";
import { TileError, type TileStore } from "../state/tile_store.ts";

const TILE_PX = 512;
const STYLE: PictureStyle = {
  tileSizePx: TILE_PX,
  nativeZoom: 6,
  isCoarse: false,
  coverage: [-180, -90, 180, 90],
};
const CONTENT: FrameContent = { sidecar: EXAMPLE_SIDECAR, contours: {}, isBlended: true };
const { model, run, var: id } = EXAMPLE_SIDECAR;
const frameAt = (lead: number) => ({ model, run, var: id, lead: leadOfHours(lead) });

interface View {
  readonly zoom: number;
  readonly west: number;
  readonly east: number;
  readonly south: number;
}

/** Creates a map that shows a row of tiles, on a fake card that records what it draws. */
function framesOnMap(view: View = { zoom: 3, west: -134, east: -91, south: 1 }) {
  const { gl, ...card } = fakeGl();
  const state = { ...view };
  let layer: CustomLayerInterface | null = null;
  const map = {
    style: {},
    getCanvas: () => ({ getContext: () => gl, clientWidth: 1 }),
    getBounds: () => ({
      getWest: () => state.west,
      getEast: () => state.east,
      getSouth: () => state.south,
      getNorth: () => 40,
    }),
    getZoom: () => state.zoom,
    getPixelRatio: () => 1,
    getLayersOrder: () => [],
    triggerRepaint: () => {},
    addLayer: (added: CustomLayerInterface) => {
      layer = added;
      layer.onAdd?.(map, gl);
    },
    removeLayer: () => layer = null,
  } as unknown as MapLibreMap;
  /** Tiles that are pending. */
  const waiting: { readonly url: string; readonly come: PromiseWithResolvers<ArrayBuffer> }[] = [];
  const store = {
    get: (url: string) => {
      const come = Promise.withResolvers<ArrayBuffer>();
      waiting.push({ url, come });
      return come.promise;
    },
  } as TileStore;
  const buffers = new FrameBuffers(map, store, undefined);
  return {
    buffers,
    card,
    state,
    load: (lead: number, style = STYLE) => buffers.load(frameAt(lead), style, () => Promise.resolve(CONTENT)),
    /** Lets all pending tiles arrive. @returns their number */
    come: async () => {
      const all = waiting.splice(0);
      all.forEach(({ come }) => come.resolve(new ArrayBuffer(0)));
      await new Promise((wake) => setTimeout(wake));
      return all.length;
    },
    fail: (error: Error) => waiting.splice(0).forEach(({ come }) => come.reject(error)),
    /** Draws the layer and returns the opacities of the draws. */
    drawn: () =>
      card.drawn(() => {
        const input = { defaultProjectionData: { mainMatrix: new Float32Array(16) } };
        layer?.render(gl, input as unknown as CustomRenderMethodInput);
      }),
  };
}

Deno.test("FrameBuffers draws a frame only when it is painted, once all its tiles are there", async () => {
  const { buffers, load, come, drawn } = framesOnMap();
  const loading = load(0);
  assert.equal(buffers.isLoaded(frameAt(0)), false);
  assert.deepEqual(drawn(), []);
  assert.equal(await come(), 1);
  await loading;
  assert.equal(buffers.isLoaded(frameAt(0)), true);
  assert.deepEqual(drawn(), [], "it is loaded where nobody sees it");
  buffers.paint(frameAt(0));
  assert.deepEqual(drawn(), [1]);
  buffers.setOpacity(40);
  assert.deepEqual(drawn(), [0.4]);
});

Deno.test("FrameBuffers does not load a frame again that it has", async () => {
  const { buffers, load, come } = framesOnMap();
  const first = load(0);
  await come();
  await first;
  await load(0);
  assert.equal(await come(), 0);
  assert.equal(buffers.isLoaded(frameAt(0)), true);
});

Deno.test("FrameBuffers reports the error of a tile, and tries the tile again", async () => {
  const { buffers, card, load, come, fail } = framesOnMap();
  const error = new TileError(503, "http://page/tiles/v3/a");
  const loading = load(0);
  fail(error);
  await assert.rejects(loading, error);
  assert.equal(card.textures.size, 0);
  const again = load(0);
  await come();
  await again;
  assert.equal(buffers.isLoaded(frameAt(0)), true);
});

Deno.test("FrameBuffers reports the error of the sidecar or the contours", async () => {
  const { buffers, come } = framesOnMap();
  const error = new Error("gone");
  const loading = buffers.load(frameAt(0), STYLE, () => Promise.reject(error));
  await Promise.all([assert.rejects(loading, error), come()]);
  assert.equal(buffers.isLoaded(frameAt(0)), false);
});

Deno.test("FrameBuffers keeps as many frames as the card has room for, the painted one among them", async () => {
  // 8 × 3 tiles of 1 MB each.
  const { buffers, card, load, come } = framesOnMap({ zoom: 3, west: -179, east: 179, south: -60 });
  for (let lead = 0; lead < 8; lead++) {
    const loading = load(lead);
    await come();
    await loading;
    if (lead === 0) buffers.paint(frameAt(0));
  }
  const kept = Array.from({ length: 8 }, (_, lead) => lead).filter((lead) => buffers.isLoaded(frameAt(lead)));
  assert.deepEqual(kept, [0, 3, 4, 5, 6, 7], "of 160 MB");
  assert.equal(card.textures.size, kept.length);
});

Deno.test("FrameBuffers loads a coarser zoom when a screen has more pixels than a texture", async () => {
  // 12 columns of 512 px are wider than the card's 4096 px.
  const { load, come } = framesOnMap({ zoom: 5, west: -179, east: -46, south: 1 });
  const loading = load(0);
  assert.equal(await come(), 6 * 2);
  await loading;
});

Deno.test("FrameBuffers follows the view: loaded tiles stay, and only missing ones are requested", async () => {
  const { buffers, card, state, load, come, drawn } = framesOnMap();
  const loading = load(0);
  await come();
  await loading;
  buffers.paint(frameAt(0));
  state.east = -46; // one more column
  assert.equal(buffers.isLoaded(frameAt(0)), false, "not for this view");
  const following = buffers.followView();
  assert.deepEqual(drawn(), [1], "the tile that was there");
  assert.equal(await come(), 1);
  await following;
  assert.equal(buffers.isLoaded(frameAt(0)), true);
  assert.equal(card.textures.size, 1);
});

Deno.test("FrameBuffers loads a frame for the current view when the map moves meanwhile", async () => {
  const { buffers, state, load, come } = framesOnMap();
  const loading = load(0);
  state.east = -46; // the map moves meanwhile
  assert.equal(await come(), 1);
  assert.equal(buffers.isLoaded(frameAt(0)), false);
  assert.equal(await come(), 1);
  await loading;
  assert.equal(buffers.isLoaded(frameAt(0)), true);
});

Deno.test("FrameBuffers shows the last zoom's image until the new zoom's image is there", async () => {
  const { buffers, card, state, load, come, drawn } = framesOnMap();
  const loading = load(0);
  await come();
  await loading;
  buffers.paint(frameAt(0));
  Object.assign(state, { zoom: 4, east: -113 });
  const following = buffers.followView();
  assert.equal(drawn().length, 2, "the parts of the old picture below both tiles");
  await come();
  await following;
  assert.equal(drawn().length, 1);
  assert.equal(card.textures.size, 1, "the old picture is gone");
});

Deno.test("FrameBuffers fades a coarse model's image at close zooms", async () => {
  const { buffers, state, load, come, drawn } = framesOnMap();
  const loading = load(0, { ...STYLE, nativeZoom: 3, isCoarse: true });
  await come();
  await loading;
  buffers.paint(frameAt(0));
  const opacityAt = (zoom: number) => {
    state.zoom = zoom;
    return drawn()[0];
  };
  const near = (zoom: number, opacity: number) => assert.ok(Math.abs(opacityAt(zoom)! - opacity) < 1e-9, `at ${zoom}`);
  for (const [zoom, opacity] of [[5, 1], [7, 1], [8, 0.725], [9, 0.45], [12, 0.45]] as const) near(zoom, opacity);
  buffers.setOpacity(50);
  near(12, 0.225);
});

Deno.test("FrameBuffers leaves nothing on the card when it is closed", async () => {
  const { buffers, card, load, come, drawn } = framesOnMap();
  const loading = load(0);
  await come();
  await loading;
  buffers.paint(frameAt(0));
  const late = load(1);
  buffers.close();
  await Promise.all([assert.rejects(late, { name: "AbortError" }), come()]);
  assert.deepEqual(drawn(), []);
  assert.equal(card.textures.size, 0);
});
