import assert from "node:assert/strict";
import { flameGraph } from "./flame_graph.ts";

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: 11 },
  children,
});

/** 10 ms of waiting, and 8 ms of work: 6 in a tile, of which 4 in zlib, 1 in a package, 1 in the collector. */
const PROFILE = {
  nodes: [
    node(1, "(root)", "", [2, 3, 6, 7]),
    node(2, "(idle)", ""),
    node(3, "drawTile<T>", "file:///srv/twf/server/tile/draw_tile.ts", [4]),
    node(4, "deflateSync", "node:zlib"),
    node(6, "", "file:///srv/twf/node_modules/.deno/hono@4/node_modules/hono/dist/app.js"),
    node(7, "(garbage collector)", ""),
  ],
  samples: [2, 3, 4, 6, 7, 4],
  timeDeltas: [10_000, 2000, 3000, 1000, 1000, 1000],
};

Deno.test("flameGraph() draws callers below the functions they call, as wide as their time, without waiting", () => {
  const svg = flameGraph(PROFILE, "cold & hot", "/srv/twf/");
  const boxes = [
    ...svg.matchAll(/<title>(.*?): ([0-9.]+) %<\/title><rect x="([0-9.]+)" y="([0-9]+)" width="([0-9.]+)"/g),
  ]
    .map(([, name, share, x, y, width]) => ({
      name,
      share: Number(share),
      x: Number(x),
      y: Number(y),
      width: Number(width),
    }));
  assert.deepEqual(boxes.map(({ name, share, x, width }) => [name, share, x, width]), [
    ["drawTile&lt;T&gt; server/tile/draw_tile.ts:12", 75, 0, 900],
    ["deflateSync node:zlib:12", 50, 0, 600],
    ["(anonymous) npm hono", 12.5, 900, 150],
    ["(garbage collector)", 12.5, 1050, 150],
  ]);
  const [tile, deflate, npm] = boxes;
  assert.ok(deflate!.y < tile!.y && npm!.y === tile!.y);
  const heightPx = Number(/viewBox="0 0 1200 ([0-9]+)"/.exec(svg)![1]);
  assert.ok(boxes.every(({ y }) => y >= 40 && y < heightPx));
  assert.match(svg, /cold &amp; hot/);
});

Deno.test("flameGraph() refuses a document that is not a profile", () => {
  assert.throws(() => flameGraph({ nodes: [] }, "x", "/"), /samples/);
});
