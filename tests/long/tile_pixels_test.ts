import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { modelGeometry } from "../../contract/models.ts";
import { artifactPath } from "../../contract/paths.ts";
import type { TileId } from "../../contract/tile.ts";
import { makeBlockCache } from "../../server/cog/block_cache.ts";
import { RgbaCog } from "../../server/cog/rgba_cog.ts";
import { drawTile } from "../../server/tile/draw_tile.ts";
import { type RasterLevel, readLevels } from "../support/gdal_tools.ts";
import { frameId, publishedRoot } from "../support/published_root.ts";
import { testApp } from "../support/test_app.ts";

const TILES = 260;
const WORLD_M = 2 * Math.PI * 6378137;
const GRID = modelGeometry("hrrr")!.grid;

Deno.test("every pixel of a tile is the nearest pixel of the right overview, as GDAL reads it", async () => {
  await using root = await publishedRoot([0]);
  using server = await testApp(root.dataRoot);
  const frame = frameId(0);
  const levels = await readLevels(`${root.dataRoot}/${artifactPath("published", frame, "rgba")}`);
  let kinds = "";
  for (const tile of tilesOverCoverage()) {
    const name = `${tile.z}/${tile.x}/${tile.y}`;
    const response = await server.get(`/tiles/v3/hrrr/${frame.run}/tmp2m/0/${name}.png`);
    assert.equal(response.status, 200, name);
    const png = PNG.sync.read(Buffer.from(await response.arrayBuffer()));
    assert.deepEqual([png.width, png.height], [512, 512]);
    const { pixels, kind } = expectedTile(tile, levels);
    kinds += kind;
    const actual = new Uint32Array(png.data.buffer, png.data.byteOffset, 512 * 512);
    const wrong = actual.findIndex((word, i) => word !== pixels[i]);
    assert.equal(wrong, -1, `${name}: pixel ${wrong % 512}, ${Math.floor(wrong / 512)}`);
  }
  // The chosen tiles include full and partly covered ones.
  for (const kind of ["f", "p"]) assert.ok(kinds.includes(kind), kind);
});

Deno.test("a tile has the same bytes, whatever tiles were drawn before it", async () => {
  await using root = await publishedRoot([0]);
  using first = await testApp(root.dataRoot, { TWF_V3_TILE_CACHE_MB: "0" });
  using second = await testApp(root.dataRoot, { TWF_V3_TILE_CACHE_MB: "0" });
  const url = `/tiles/v3/hrrr/${frameId(0).run}/tmp2m/0/5/6/11.png`;
  const bytes = new Uint8Array(await (await first.get(url)).arrayBuffer());
  for (const other of ["2/0/1", "3/2/3", "5/8/12", "4/3/6"]) {
    await (await second.get(`/tiles/v3/hrrr/${frameId(0).run}/tmp2m/0/${other}.png`)).arrayBuffer();
  }
  assert.deepEqual(new Uint8Array(await (await second.get(url)).arrayBuffer()), bytes);
});

/** Returns tiles of zooms 2 to 10: on the edges, in the corners and in the middle of the coverage, and random ones. */
function tilesOverCoverage(): TileId[] {
  const tiles = new Map<string, TileId>();
  const add = (z: number, x: number, y: number) => tiles.set(`${z}/${x}/${y}`, { z, x, y });
  let seed = 42;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) / 2 ** 32;
  for (let z = 2; z <= 10; z++) {
    const side = WORLD_M / 2 ** z;
    const at = (xM: number) => Math.floor((xM + WORLD_M / 2) / side);
    const row = (yM: number) => Math.floor((WORLD_M / 2 - yM) / side);
    const [west, east, north, south] = [at(GRID.westM), at(GRID.eastM), row(GRID.northM), row(GRID.southM)];
    for (const x of [west, east, west + east >> 1]) for (const y of [north, south, north + south >> 1]) add(z, x, y);
    for (let i = 0; i < 30; i++) {
      add(z, west + Math.floor(random() * (east - west + 1)), north + Math.floor(random() * (south - north + 1)));
    }
  }
  const all = [...tiles.values()];
  assert.ok(all.length >= 200, `${all.length} tiles`);
  return all.slice(0, TILES);
}

/** Computes the expected tile from the extent and the raw levels alone; the pixels are RGBA in memory order. */
function expectedTile(
  { z, x, y }: TileId,
  levels: readonly RasterLevel[],
): { pixels: Uint32Array; kind: "f" | "p" | "e" } {
  const pixelM = WORLD_M / 2 ** z / 512;
  const widthM = GRID.eastM - GRID.westM;
  const heightM = GRID.northM - GRID.southM;
  const fitting = levels.filter((level) => widthM / level.width <= pixelM);
  const level = fitting.length > 0 ? fitting.at(-1)! : levels[0]!;
  const source = new Uint32Array(level.bytes.buffer, level.bytes.byteOffset, level.width * level.height);
  const pixels = new Uint32Array(512 * 512);
  let opaque = 0;
  for (let j = 0; j < 512; j++) {
    const yM = WORLD_M / 2 - (y * 512 + j + 0.5) * pixelM;
    const row = Math.floor((GRID.northM - yM) / heightM * level.height);
    if (row < 0 || row >= level.height) continue;
    for (let i = 0; i < 512; i++) {
      const xM = (x * 512 + i + 0.5) * pixelM - WORLD_M / 2;
      const column = Math.floor((xM - GRID.westM) / widthM * level.width);
      if (column < 0 || column >= level.width) continue;
      const word = source[row * level.width + column]!;
      pixels[j * 512 + i] = word;
      if (word !== 0) opaque++;
    }
  }
  return { pixels, kind: opaque === 0 ? "e" : opaque === 512 * 512 ? "f" : "p" };
}

Deno.test("an RGBA COG that was closed and opened again has its own colours, whatever blocks are cached", async () => {
  await using root = await publishedRoot([0]);
  const path = `${root.dataRoot}/${artifactPath("published", frameId(0), "rgba")}`;
  const blocks = makeBlockCache(64);
  const drawn = async (tiles: TileId[]) => {
    using picture = await RgbaCog.open(path, blocks);
    return tiles.map((tile) => drawTile(picture, tile, 512)).at(-1)!;
  };
  const wanted: TileId = { z: 5, x: 6, y: 11 };
  const first = await drawn([{ z: 3, x: 1, y: 2 }, wanted]);
  assert.deepEqual(await drawn([{ z: 4, x: 4, y: 6 }, wanted]), first);
});
