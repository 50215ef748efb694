import assert from "node:assert/strict";
import type { Map as MapLibreMap } from "maplibre-gl";
import type { ForecastHour } from "../../../contract/identity.ts";
import { frameOf } from "../state/frame_lock.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import { FrameBuffers, type PictureStyle } from "./frame_buffers.ts";

const STYLE: PictureStyle = {
  tileSizePx: 512,
  nativeZoom: 6,
  isCoarse: false,
  bounds: [-134, 21, -60, 53],
  attribution: "",
  resampling: "linear",
};
const NO_LINES = {};
const frameAt = (fh: number) => ({ ...frameOf(EXAMPLE_SIDECAR), fh: fh as ForecastHour });

/** As much of a map as frames without lines need. */
class FakeMap {
  readonly layers = new Map<string, { opacity: unknown }>();
  readonly sources = new Set<string>();
  readonly loaded = new Set<string>();
  readonly #listeners = new Map<string, Set<(event: object) => void>>();

  on(type: string, listener: (event: object) => void): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }

  off(type: string, listener: (event: object) => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  fire(type: string, event: object = {}): void {
    for (const listener of [...this.#listeners.get(type) ?? []]) listener(event);
  }

  addSource(id: string): void {
    this.sources.add(id);
  }

  addLayer({ id }: { id: string }): void {
    this.layers.set(id, { opacity: 0 });
  }

  getLayer(id: string): unknown {
    return this.layers.get(id);
  }

  getSource(id: string): unknown {
    return this.sources.has(id) || undefined;
  }

  removeLayer(id: string): void {
    this.layers.delete(id);
  }

  removeSource(id: string): void {
    this.sources.delete(id);
  }

  isSourceLoaded(id: string): boolean {
    return this.loaded.has(id);
  }

  setPaintProperty(id: string, _name: string, value: unknown): void {
    this.layers.get(id)!.opacity = value;
  }

  /** Of the source that was added last. */
  come(): void {
    this.loaded.add([...this.sources].at(-1)!);
    this.fire("sourcedata");
  }

  visible(): string[] {
    return [...this.layers].filter(([, { opacity }]) => opacity !== 0).map(([id]) => id);
  }

  listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

function framesOnMap() {
  const map = new FakeMap();
  const buffers = new FrameBuffers(map as unknown as MapLibreMap, undefined);
  const load = (fh: number) => buffers.load(frameAt(fh), NO_LINES, STYLE);
  const show = async (fh: number) => {
    const loading = load(fh);
    map.come();
    await loading;
    buffers.paint(frameAt(fh));
  };
  return { map, buffers, load, show };
}

Deno.test("FrameBuffers shows one frame, and only once it is loaded", async () => {
  const { map, buffers, load, show } = framesOnMap();
  await show(0);
  const loading = load(1);
  assert.equal(buffers.isLoaded(frameAt(1)), false);
  assert.deepEqual(map.visible(), ["frame-1"]);
  map.come();
  await loading;
  assert.equal(buffers.isLoaded(frameAt(1)), true);
  buffers.paint(frameAt(1));
  assert.deepEqual(map.visible(), ["frame-2"]);
  await load(0);
  buffers.paint(frameAt(0));
  assert.deepEqual(map.visible(), ["frame-1"]);
  assert.equal(map.sources.size, 2, "a frame that is on the map is not loaded again");
  assert.equal(map.listenerCount(), 0);
});

Deno.test("FrameBuffers tells what a frame's tiles failed with, and takes it off the map", async () => {
  const { map, buffers, load } = framesOnMap();
  const error = Object.assign(new Error("busy"), { status: 503 });
  const loading = load(0);
  map.fire("error", { sourceId: "basemap", error: new Error("of another source") });
  map.fire("error", { sourceId: "frame-1", error });
  await assert.rejects(loading, error);
  assert.equal(map.sources.size + map.layers.size + map.listenerCount(), 0);
  const again = load(0);
  map.come();
  await again;
  assert.equal(buffers.isLoaded(frameAt(0)), true);
});

Deno.test("FrameBuffers keeps seven frames, the painted one among them", async () => {
  const { map, buffers, load, show } = framesOnMap();
  await show(0);
  const first = load(1);
  for (let fh = 2; fh < 8; fh++) void load(fh).catch(() => {});
  await assert.rejects(first, { name: "AbortError" });
  assert.equal(map.sources.size, 7);
  assert.equal(buffers.isLoaded(frameAt(0)), true);
  assert.deepEqual(map.visible(), ["frame-1"]);
});

Deno.test("FrameBuffers takes frames away that nobody sees, but not those that are loading", async () => {
  const { map, buffers, load, show } = framesOnMap();
  await show(0);
  await show(1);
  void load(2).catch(() => {});
  buffers.dropHidden();
  assert.deepEqual([...map.sources], ["frame-2", "frame-3"]);
  assert.deepEqual(map.visible(), ["frame-2"]);
});
