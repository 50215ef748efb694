import assert from "node:assert/strict";
import { contourCollectionSchema } from "../contract/contours.ts";
import { artifactPath, rootsBelow } from "../contract/paths.ts";
import { keptLog } from "../tests/support/kept_log.ts";
import { frameId, publishedRoot } from "../tests/support/published_root.ts";
import { Catalogue } from "./catalogue.ts";
import { makeBlockCache } from "./cog/block_cache.ts";
import { ContourStore } from "./contour_store.ts";
import { DamagedError } from "./errors.ts";
import { FrameStore } from "./frame_store.ts";

const FRAME = frameId(0);

function storeOf(dataRoot: string): ContourStore {
  const roots = rootsBelow(dataRoot);
  const catalogue = new Catalogue(roots, keptLog().log);
  return new ContourStore(roots, new FrameStore(roots, catalogue, makeBlockCache(1)));
}

function pathOfContours(dataRoot: string): string {
  return `${dataRoot}/${artifactPath("published", FRAME, "contours")}`;
}

Deno.test("ContourStore returns the features of one set, out of the file that has all sets of a frame", async () => {
  await using root = await publishedRoot([0]);
  const store = storeOf(root.dataRoot);
  const { features } = contourCollectionSchema.parse(
    JSON.parse(await Deno.readTextFile(pathOfContours(root.dataRoot))),
  );
  for (const key of ["iso32f", "every10f"]) {
    const { body } = await store.read(FRAME, key);
    const set = contourCollectionSchema.parse(JSON.parse(new TextDecoder().decode(body.bytes)));
    assert.ok(set.features.length > 0 && set.features.length < features.length, key);
    assert.deepEqual(set.features, features.filter(({ properties }) => properties.key === key));
  }
});

Deno.test("ContourStore names the sets that a frame has when another is requested", async () => {
  await using root = await publishedRoot([0], ["tmp2m", "refc"]);
  const store = storeOf(root.dataRoot);
  await assert.rejects(store.read(FRAME, "iso0f"), {
    name: "NotPublishedError",
    message: 'Frame hrrr/20260217_06z/tmp2m/0 has no contours "iso0f": it has iso32f, every10f',
  });
  await assert.rejects(store.read(FRAME, "constructor"), { name: "NotPublishedError" });
  await assert.rejects(store.read(frameId(0, "refc"), "iso32f"), { message: /has no contours "iso32f"$/ });
});

Deno.test("ContourStore reads a set once, for all its readers, and again after it was cleared", async () => {
  await using root = await publishedRoot([0]);
  const store = storeOf(root.dataRoot);
  const [first, second] = await Promise.all([store.read(FRAME, "iso32f"), store.read(FRAME, "iso32f")]);
  assert.equal(first.body, second.body);
  assert.equal((await store.read(FRAME, "iso32f")).body, first.body);
  store.clear();
  const again = await store.read(FRAME, "iso32f");
  assert.notEqual(again.body, first.body);
  assert.equal(again.body.etag, first.body.etag);
});

Deno.test("ContourStore refuses a file that differs from its sidecar's hash, until it is repaired", async () => {
  await using root = await publishedRoot([0]);
  const store = storeOf(root.dataRoot);
  const path = pathOfContours(root.dataRoot);
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, `${text} `); // the same GeoJSON
  await assert.rejects(store.read(FRAME, "iso32f"), DamagedError);
  await Deno.writeTextFile(path, text);
  assert.ok((await store.read(FRAME, "iso32f")).body.bytes.length > 0);
});
