import assert from "node:assert/strict";
import { PictureAtlas } from "./picture_atlas.ts";
import type { TileRange } from "./tiles_in_view.ts";

const PX = 256;
const IMAGE = {} as ImageBitmap;
/** Columns 10 to 12 and rows 20 to 21 of zoom 5. */
const RANGE: TileRange = { z: 5, x: 10, y: 20, columns: 3, rows: 2 };

/** Makes a graphics card that records places in pixels: where tiles are put, and what is copied from where. */
function recordingGl() {
  const calls: string[] = [];
  let bound: object | string = "the map's own";
  const known: Record<string, unknown> = {
    createTexture: () => ({}),
    bindTexture: (_target: string, texture: object) => bound = texture,
    getParameter: (name: string) => name === "TEXTURE_BINDING_2D" ? bound : null,
    texStorage2D: (...[, , , width, height]: unknown[]) => calls.push(`texture of ${width} × ${height}`),
    texSubImage2D: (...[, , left, top]: unknown[]) => calls.push(`tile at ${left}, ${top}`),
    copyTexSubImage2D: (...[, , left, top, x, y, width, height]: unknown[]) =>
      calls.push(`${width} × ${height} from ${x}, ${y} to ${left}, ${top}`),
  };
  const gl = new Proxy(known, {
    get: (_, name: string) => known[name] ?? (/^[A-Z0-9_]+$/.test(name) ? name : () => ({})),
  }) as unknown as WebGL2RenderingContext;
  return { gl, calls, bound: () => bound };
}

Deno.test("PictureAtlas has room for all tiles of its range, in 4 bytes a pixel", () => {
  const { gl, calls } = recordingGl();
  assert.equal(new PictureAtlas(gl, RANGE, PX).bytes, 768 * 512 * 4);
  assert.deepEqual(calls, ["texture of 768 × 512"]);
});

Deno.test("PictureAtlas.put() places tiles row by row, each once, and leaves the map's own texture bound", () => {
  const { gl, calls, bound } = recordingGl();
  const atlas = new PictureAtlas(gl, RANGE, PX);
  calls.length = 0;
  for (const place of [0, 2, 4, 4]) atlas.put(place, IMAGE);
  assert.deepEqual(calls, ["tile at 0, 0", "tile at 512, 0", "tile at 256, 256"]);
  assert.equal(bound(), "the map's own");
});

Deno.test("PictureAtlas is whole when every tile is there; an empty tile needs no image", () => {
  const { gl, calls } = recordingGl();
  const atlas = new PictureAtlas(gl, RANGE, PX);
  calls.length = 0;
  for (let place = 0; place < 5; place++) atlas.put(place, null);
  assert.deepEqual([atlas.isWhole, atlas.has(5)], [false, false]);
  atlas.put(5, null);
  assert.deepEqual([atlas.isWhole, atlas.has(5), calls], [true, true, []]);
});

Deno.test("PictureAtlas.copyFrom() copies the common part of a moved view, and has the tiles that the other had", () => {
  const { gl, calls } = recordingGl();
  const other = new PictureAtlas(gl, RANGE, PX);
  for (const place of [1, 4]) other.put(place, IMAGE); // column 11 of rows 20 and 21
  // One column to the east and one row to the south: columns 11 and 12 of row 21 are common.
  const atlas = new PictureAtlas(gl, { ...RANGE, x: 11, y: 21 }, PX);
  calls.length = 0;
  atlas.copyFrom(other);
  assert.deepEqual(calls, ["512 × 256 from 256, 256 to 0, 0"]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].filter((place) => atlas.has(place)), [0]);
});

Deno.test("PictureAtlas.copyFrom() copies nothing from another zoom, or from a view that is elsewhere", () => {
  const { gl, calls } = recordingGl();
  const atlas = new PictureAtlas(gl, RANGE, PX);
  const others = [{ ...RANGE, z: 6 }, { ...RANGE, x: 13 }].map((range) => new PictureAtlas(gl, range, PX));
  calls.length = 0;
  for (const other of others) atlas.copyFrom(other);
  assert.deepEqual(calls, []);
});
