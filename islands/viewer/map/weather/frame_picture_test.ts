import { frameOf } from "../../../../contract/identity.ts";
import assert from "node:assert/strict";
import { EXAMPLE_SIDECAR } from "../../../../tests/support/example_sidecar.ts";
import { settle } from "../../../../tests/support/fake_clock.ts";
import { fakeGl } from "../../../../tests/support/fake_gl.ts";
import { replaceGlobals } from "../../../../tests/support/replace_globals.ts";
import { TileError, type TileStore } from "../../state/tile_store.ts";
import { FramePicture } from "./frame_picture.ts";
import type { TileRange } from "./tiles_in_view.ts";

const RANGE: TileRange = { z: 5, x: 10, y: 20, columns: 2, rows: 1 };
const [EMPTY, PNG] = [new ArrayBuffer(0), new ArrayBuffer(8)];

interface Setting extends Disposable {
  readonly picture: FramePicture;
  readonly card: ReturnType<typeof fakeGl>;
  /** Tiles that are pending, by `z/x/y`. */
  readonly pending: Map<string, PromiseWithResolvers<ArrayBuffer>>;
  /** Lets all pending tiles arrive, and returns the names of those asked for since the last time. */
  readonly come: (tile?: ArrayBuffer) => Promise<string[]>;
  readonly forgotten: readonly string[];
  readonly counts: { drawable: number };
}

/** Makes the picture of a frame. @param decode the browser's decoder */
function newPicture(decode = () => Promise.resolve({ close: () => {} })): Setting {
  const pending: Setting["pending"] = new Map();
  const asked: string[] = [];
  const forgotten: string[] = [];
  const nameOf = (url: string) => url.replace(/.*\/(\d+\/\d+\/\d+)\.png.*/, "$1");
  const store = {
    get: (url: string) => {
      const come = Promise.withResolvers<ArrayBuffer>();
      asked.push(nameOf(url));
      pending.set(nameOf(url), come);
      return come.promise;
    },
    forget: (url: string) => forgotten.push(nameOf(url)),
  } as unknown as TileStore;
  const card = fakeGl();
  const counts = { drawable: 0 };
  const picture = new FramePicture(card.gl, store, frameOf(EXAMPLE_SIDECAR), 256, () => counts.drawable++);
  const come = async (tile = EMPTY) => {
    for (const { resolve } of pending.values()) resolve(tile);
    pending.clear();
    await settle();
    return asked.splice(0);
  };
  const globals = replaceGlobals({ createImageBitmap: decode });
  return { picture, card, pending, come, forgotten, counts, [Symbol.dispose]: () => globals[Symbol.dispose]() };
}

Deno.test("FramePicture.fit() loads the tiles of a range once, and tells of each that can be drawn", async () => {
  using setting = newPicture();
  const { picture, card, come, counts } = setting;
  const loading = picture.fit(RANGE);
  assert.equal(picture.fit(RANGE), loading);
  assert.equal(picture.isWhole(RANGE), false);
  assert.deepEqual(await come(PNG), ["5/10/20", "5/11/20"]);
  await loading;
  assert.deepEqual([picture.isWhole(RANGE), counts.drawable, card.uploads()], [true, 2, 2]);
  await picture.fit(RANGE);
  assert.deepEqual(await come(), [], "it has them");
});

Deno.test("FramePicture.fit() reports a tile's error, and the next call asks for the missing tile alone", async () => {
  using setting = newPicture();
  const { picture, pending, come } = setting;
  const loading = picture.fit(RANGE);
  pending.get("5/10/20")!.reject(new TileError(503, "http://page/tiles/v3/a"));
  pending.get("5/11/20")!.resolve(EMPTY);
  assert.deepEqual(await come(), ["5/10/20", "5/11/20"]);
  await assert.rejects(loading, { name: "TileError", status: 503 });
  const again = picture.fit(RANGE);
  assert.deepEqual(await come(), ["5/10/20"]);
  await again;
  assert.equal(picture.isWhole(RANGE), true);
});

Deno.test("FramePicture.fit() keeps the tiles of a moved view, and asks for the new ones", async () => {
  using setting = newPicture();
  const { picture, come } = setting;
  void picture.fit(RANGE);
  await come();
  const moved = picture.fit({ ...RANGE, x: 11 });
  assert.deepEqual(await come(), ["5/12/20"]);
  await moved;
  assert.equal(picture.before, null);
});

Deno.test("FramePicture shows the image of the old zoom until the new one is whole", async () => {
  using setting = newPicture();
  const { picture, card, come } = setting;
  void picture.fit(RANGE);
  await come();
  const old = picture.atlas;
  const closer = picture.fit({ z: 6, x: 20, y: 40, columns: 2, rows: 1 });
  assert.equal(picture.before, old);
  await come();
  await closer;
  assert.deepEqual([picture.before, card.textures.size], [null, 1]);
});

Deno.test("FramePicture keeps the last whole image while the zoom changes again and again", async () => {
  using setting = newPicture();
  const { picture, card, come } = setting;
  void picture.fit(RANGE);
  await come();
  const whole = picture.atlas;
  void picture.fit({ z: 6, x: 20, y: 40, columns: 2, rows: 1 });
  void picture.fit({ z: 7, x: 40, y: 80, columns: 2, rows: 1 });
  assert.equal(picture.before, whole);
  assert.equal(card.textures.size, 2, "the one between them was deleted");
  await come();
});

Deno.test("FramePicture makes the store forget a tile that cannot be decoded", async () => {
  using setting = newPicture(() =>
    Promise.reject(new DOMException("The source image could not be decoded", "InvalidStateError"))
  );
  const { picture, come, forgotten } = setting;
  const loading = assert.rejects(picture.fit({ ...RANGE, columns: 1 }), /^Error: a tile could not be decoded$/);
  await come(PNG);
  await loading;
  assert.deepEqual(forgotten, ["5/10/20"]);
});

Deno.test("FramePicture.close() frees its textures, and ends the loading with an AbortError", async () => {
  using setting = newPicture();
  const { picture, card, come } = setting;
  const loading = assert.rejects(picture.fit(RANGE), { name: "AbortError" });
  picture.close();
  await come();
  await loading;
  assert.equal(card.textures.size, 0);
  await assert.rejects(picture.fit(RANGE), { name: "AbortError" });
});
