import assert from "node:assert/strict";
import type { Regions } from "../../../contract/regions.ts";
import { fakeStorage } from "../../../tests/support/fake_storage.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import { refreshRegions } from "./regions.ts";
import { View } from "./view.ts";

const KEY = "twf-v3/regions";
const regionsOf = (label: string): Regions => ({
  conus: { label, bbox: [-125, 24, -66, 50], defaultCenter: [-96, 38], defaultZoom: 4 },
});

/**
 * Refreshes the regions of a page, of which the browser keeps a text.
 * @returns the label of the region, the ETag that the request had, and what the browser keeps then
 */
async function refreshed(kept: string | null, answer: Response) {
  const view = new View(regionsOf("of the page"), {});
  let asked: string | null = null;
  let keeps: string | undefined;
  const fetch = (_: string, { headers }: RequestInit) => {
    asked = new Headers(headers).get("if-none-match");
    return Promise.resolve(answer);
  };
  {
    using stored = fakeStorage();
    if (kept !== null) stored.set(KEY, kept);
    {
      using _globals = replaceGlobals({ fetch });
      await refreshRegions(view);
    }
    keeps = stored.get(KEY);
  }
  return { label: view.regions.peek().conus!.label, asked, keeps };
}

const KEPT = JSON.stringify({ etag: '"1"', regions: regionsOf("kept") });

Deno.test("refreshRegions() takes the server's regions, and keeps them with their ETag", async () => {
  const answer = Response.json(regionsOf("of the server"), { headers: { etag: '"1"' } });
  assert.deepEqual(await refreshed(null, answer), {
    label: "of the server",
    asked: null,
    keeps: JSON.stringify({ etag: '"1"', regions: regionsOf("of the server") }),
  });
});

Deno.test("refreshRegions() takes the kept regions when the server says that they are current", async () => {
  assert.deepEqual(await refreshed(KEPT, new Response(null, { status: 304 })), {
    label: "kept",
    asked: '"1"',
    keeps: KEPT,
  });
});

Deno.test("refreshRegions() leaves the page's own regions when the server fails", async () => {
  const { label } = await refreshed(KEPT, new Response(null, { status: 503 }));
  assert.equal(label, "of the page");
});

Deno.test("refreshRegions() removes kept regions that are invalid, and asks without their ETag", async () => {
  const conus = regionsOf("x").conus!;
  for (
    const kept of [
      "{",
      JSON.stringify({ etag: '"1"', regions: {} }),
      JSON.stringify({ etag: 1, regions: regionsOf("x") }),
      JSON.stringify({ etag: '"1"', regions: { conus: { ...conus, bbox: [-125, 24, -66] } } }),
      JSON.stringify({ etag: '"1"', regions: { conus: { ...conus, bbox: [-125, 24, -66, 500] } } }),
    ]
  ) {
    const found = await refreshed(kept, new Response(null, { status: 503 }));
    assert.deepEqual(found, { label: "of the page", asked: null, keeps: undefined }, kept);
  }
});
