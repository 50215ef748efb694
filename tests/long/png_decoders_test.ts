import assert from "node:assert/strict";
import { artifactPath } from "../../contract/paths.ts";
import { PNG_DECODERS } from "../support/png_decoders.ts";
import { frameId, publishedRoot, RUN } from "../support/published_root.ts";
import { testApp } from "../support/test_app.ts";
import { writeTruecolorPicture } from "../support/truecolor_picture.ts";

const SIDE_PX = 512;
const PALETTE = 3;
const TRUECOLOR_ALPHA = 6;

/** Kind of a tile: the colour type of its header, and how much of it is visible. */
type TileKind = `${"palette" | "truecolour"}, ${"full" | "partly seen" | "empty"}`;

/** Decodes a tile with all decoders, and returns its kind. All pixels must agree, also the colours of clear ones. */
async function agreedKind(png: Uint8Array<ArrayBuffer>, name: string): Promise<TileKind> {
  const decoded = await Promise.all(
    Object.entries(PNG_DECODERS).map(async ([decoder, decode]) => ({ decoder, pixels: wordsOf(await decode(png)) })),
  );
  const [{ decoder: first, pixels }, ...others] = decoded as [typeof decoded[0], ...typeof decoded];
  assert.equal(pixels.length, SIDE_PX ** 2, name);
  for (const { decoder, pixels: theirs } of others) {
    assert.equal(theirs.length, pixels.length, `${name} by ${decoder}`);
    const wrong = theirs.findIndex((word, i) => word !== pixels[i]);
    assert.equal(
      wrong,
      -1,
      `${name}: pixel ${wrong % SIDE_PX}, ${Math.floor(wrong / SIDE_PX)} by ${decoder} and ${first}`,
    );
  }
  const alphas = pixels.map((word) => word >>> 24);
  const seen = alphas.every((alpha) => alpha > 0)
    ? "full"
    : alphas.some((alpha) => alpha > 0)
    ? "partly seen"
    : "empty";
  const colorType = png[25]; // in IHDR, after the signature, width, height and depth
  assert.ok(colorType === PALETTE || colorType === TRUECOLOR_ALPHA, `${name}: colour type ${colorType}`);
  return `${colorType === PALETTE ? "palette" : "truecolour"}, ${seen}`;
}

/** Views pixels as 32-bit words: RGBA in memory order. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}

/** Tiles of zooms 3 to 8 in the middle, on the edges and in the corners of the coverage, where values are missing. */
const TILES = [
  "3/1/3",
  "3/2/2",
  "5/7/12",
  "6/14/24",
  "4/3/5",
  "5/4/11",
  "5/9/11",
  "6/10/27",
  "8/41/108",
  "8/76/86",
  "8/38/87",
];

Deno.test("four PNG decoders see the same pixels in full, partly covered and empty palette tiles", async () => {
  await using root = await publishedRoot([0], ["tmp2m", "refc"]);
  using server = await testApp(root.dataRoot);
  const kinds = new Set<TileKind>();
  for (const variable of ["tmp2m", "refc"]) {
    for (const tile of TILES) {
      const response = await server.get(`/tiles/v3/hrrr/${RUN}/${variable}/0/${tile}.png`);
      if (response.status === 204) continue; // outside the coverage
      assert.equal(response.status, 200);
      kinds.add(await agreedKind(new Uint8Array(await response.arrayBuffer()), `${variable} ${tile}`));
    }
  }
  assert.deepEqual([...kinds].sort(), ["palette, empty", "palette, full", "palette, partly seen"]);
});

Deno.test("four PNG decoders see the same pixels in truecolour tiles", async () => {
  await using root = await publishedRoot([0]);
  writeTruecolorPicture(`${root.dataRoot}/${artifactPath("published", frameId(0), "rgba")}`);
  using server = await testApp(root.dataRoot);
  const kinds: TileKind[] = [];
  for (const tile of ["4/5/6", "5/9/12", "5/10/13"]) {
    const response = await server.get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/${tile}.png`);
    assert.equal(response.status, 200);
    kinds.push(await agreedKind(new Uint8Array(await response.arrayBuffer()), tile));
  }
  assert.ok(kinds.includes("truecolour, partly seen"), kinds.join("; "));
});
