import assert from "node:assert/strict";
import { locate, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { eventually } from "../support/eventually.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, mapPixels, shownHour, visit } from "./visit.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { runId } from "../support/identity.ts";

/** Tiles of the hours 1 and 2. */
const LATER_TILES = /\/tiles\/v3\/.*\/[12]\/[0-9]+\/[0-9]+\/[0-9]+\.png\?v=/;

browserTest("outages in a browser", async (t, browser) => {
  await t.step(
    "without a network the map stays and says so; with the network back the requested hour appears by itself",
    async () => {
      await using root = await publishedRoot([0, 1, 2], ["refc"]);
      await using server = await startServer(root.dataRoot);
      await using visited = await visit(browser, server, DESKTOP, {
        // The later hours cannot be prefetched.
        prepare: (page) => page.route(LATER_TILES, (route) => route.abort("internetdisconnected")),
      });
      const { page } = visited;
      await page.context().setOffline(true);
      await page.waitForSelector(".notice.stale");
      assert.match((await page.textContent(".notice.stale"))!, /offline/);
      await page.keyboard.press("ArrowRight");
      await page.waitForSelector(".notice.failed");
      assert.equal(await page.getAttribute(".map", "data-shown-hour"), "0");
      assert.equal(await page.textContent(".clock .hour"), "+0 h");
      await page.unroute(LATER_TILES);
      await page.context().setOffline(false);
      await shownHour(page, 1);
      await page.waitForSelector(".notice.stale", { state: "detached" });
      assert.equal(await page.locator(".notice.failed").count(), 0);
    },
  );

  await t.step("a server that is started again is found again, without a reload", async () => {
    await using root = await publishedRoot([0, 1], ["refc"]);
    const first = await startServer(root.dataRoot);
    const port = new URL(first.origin).port;
    await using visited = await visit(browser, first, DESKTOP);
    const { page } = visited;
    await page.waitForTimeout(1500);
    await first.stop();
    await page.waitForSelector(".notice.stale", { timeout: 20_000 });
    await using _again = await startServer(root.dataRoot, undefined, { TWF_V3_PORT: port });
    await page.waitForSelector(".notice.stale", { state: "detached", timeout: 40_000 });
    await publishHour(root.dataRoot, RUN, 2, ["refc"]);
    await page.waitForSelector('.timeline input[max="120"]', { timeout: 20_000 });
  });

  await t.step("a map whose graphics context is lost and restored looks the same again", async () => {
    await using root = await publishedRoot([0, 1], ["tmp2m"]);
    await using server = await startServer(root.dataRoot);
    await using visited = await visit(browser, server, DESKTOP, { query: "?lines=0&values=0" });
    const { page } = visited;
    const differing = (pixels: readonly number[], others: readonly number[]) =>
      pixels.filter((pixel, i) => pixel !== others[i]).length / pixels.length;
    let before: number[] = [];
    await eventually(
      async () => {
        const last = before;
        before = await mapPixels(page);
        return last.length > 0 && differing(before, last) === 0;
      },
      "the map has come to rest",
      { everyMs: 1000 },
    );
    await page.evaluate(() => {
      const gl = document.querySelector<HTMLCanvasElement>(".maplibregl-canvas")!.getContext("webgl2")!;
      const loss = gl.getExtension("WEBGL_lose_context")!;
      loss.loseContext();
      setTimeout(() => loss.restoreContext(), 500);
    });
    await page.waitForTimeout(1000);
    await eventually(async () => differing(await mapPixels(page), before) < 0.001, "the same map again", {
      everyMs: 500,
    });
    await page.keyboard.press("ArrowRight");
    await shownHour(page, 1);
    // MapLibre warns about every custom layer, since it cannot restore such layers by itself.
    assert.deepEqual(visited.faults.filter((fault) => !fault.includes("after WebGL context loss")), []);
  });

  await t.step("a run that is removed while it is shown gives way to the newest, at the same time", async () => {
    await using root = await publishedRoot([0, 1, 2], ["tmp2m"]);
    await using server = await startServer(root.dataRoot);
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await page.keyboard.press("End");
    await shownHour(page, 2);
    await page.waitForTimeout(1500);
    const newer = runId("20260217_07z");
    for (const hour of [0, 1, 2]) await publishHour(root.dataRoot, newer, hour, ["tmp2m"]);
    await page.waitForSelector(".notice.newer", { timeout: 15_000 });
    await Deno.remove(locate(rootsBelow(root.dataRoot), manifestPath(hrrr.id, RUN)));
    await page.waitForSelector(".notice.removed", { timeout: 20_000 });
    assert.match((await page.textContent(".notice.removed"))!, /17 Feb 06Z was removed/);
    await page.waitForFunction(
      () => !document.querySelector<HTMLElement>(".map")!.dataset.shownFrame!.includes("20260217_06z"),
      undefined,
      { timeout: 15_000 },
    );
    assert.equal(await page.getAttribute(".clock time", "datetime"), "2026-02-17T08:00:00Z");
  });
});
