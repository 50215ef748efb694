import assert from "node:assert/strict";
import { publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, visit } from "./visit.ts";

browserTest("windows of a browser", async (t, browser) => {
  await using root = await publishedRoot([0, 1]);
  await using server = await startServer(root.dataRoot);
  const streams = async () => {
    const text = await (await fetch(`${server.origin}/metrics`)).text();
    return Number(/^twf_server_event_streams ([0-9]+)$/m.exec(text)![1]);
  };

  await t.step("eight windows share one event stream, and all of them show a new hour", async () => {
    const context = await browser.newContext({ viewport: { width: 600, height: 400 } });
    const pages = [];
    for (let i = 0; i < 8; i++) {
      const page = await context.newPage();
      await page.goto(`${server.origin}/models-v3`);
      await page.waitForSelector(".map[data-shown-hour]", { timeout: 60_000 });
      pages.push(page);
    }
    assert.equal(await streams(), 1);
    await pages[0]!.close();
    await publishHour(root.dataRoot, RUN, 2);
    for (const page of pages.slice(1)) await page.waitForSelector('.timeline input[max="120"]', { timeout: 60_000 });
    assert.equal(await streams(), 1);
    await context.close();
  });

  await t.step("a window without shared Workers has its own event stream", async () => {
    await using visited = await visit(browser, server, DESKTOP, {
      prepare: (page) => page.addInitScript(() => Reflect.deleteProperty(globalThis, "SharedWorker")),
    });
    await visited.page.waitForTimeout(1000);
    assert.equal(await streams(), 1);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("a window that may not store anything shows the map, and a chosen region", async () => {
    await using visited = await visit(browser, server, DESKTOP, {
      prepare: (page) =>
        page.addInitScript(() => {
          for (const name of ["localStorage", "sessionStorage"]) {
            Object.defineProperty(globalThis, name, {
              get: () => {
                throw new DOMException("Access is denied for this document", "SecurityError");
              },
            });
          }
        }),
    });
    const { page, faults } = visited;
    await page.selectOption(".choice.region select", { index: 2 });
    await page.waitForTimeout(500);
    assert.deepEqual(faults, []);
  });

  await t.step("a window whose graphics context is not restored says so, and can be reloaded", async () => {
    await using visited = await visit(browser, server, DESKTOP, {
      // A browser under load may restore a context that was lost on purpose.
      prepare: (page) =>
        page.addInitScript(() => {
          addEventListener("webglcontextrestored", (event) => event.stopImmediatePropagation(), true);
        }),
    });
    const { page } = visited;
    // In a separate task: the wait below has a timeout, and detects a page that hangs from then on.
    await page.evaluate(() => {
      setTimeout(() => {
        const canvas = document.querySelector<HTMLCanvasElement>(".maplibregl-canvas")!;
        canvas.getContext("webgl2")!.getExtension("WEBGL_lose_context")!.loseContext();
      });
    });
    await page.waitForSelector(".notice.graphics", { timeout: 60_000 });
    const loaded = page.waitForEvent("load");
    await page.click(".notice.graphics .link");
    await loaded;
    await page.waitForSelector(".map[data-shown-hour]", { timeout: 60_000 });
    assert.equal(await page.locator(".notice.graphics").count(), 0);
  });
});
