import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { publishedRoot } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, shownHour, SLIDER, visit } from "./visit.ts";

const HOURS = [0, 1, 2, 3, 4, 5];

/** The page's state in one animation frame. */
interface Moment {
  readonly shown: string;
  readonly clock: string;
  readonly legend: string;
}

async function watch(page: Page): Promise<() => Promise<Moment[]>> {
  await page.evaluate(() => {
    const moments: unknown[] = [];
    Object.assign(globalThis, { moments, isWatching: true });
    const look = () => {
      moments.push({
        shown: document.querySelector<HTMLElement>(".map")!.dataset.shownFrame,
        clock: document.querySelector(".clock .hour")!.textContent,
        legend: document.querySelector(".legend h2")!.textContent,
      });
      if ((globalThis as unknown as { isWatching: boolean }).isWatching) requestAnimationFrame(look);
    };
    // Runs after the page's own work in an animation frame, before the frame is seen.
    requestAnimationFrame(look);
  });
  return () =>
    page.evaluate(() => {
      Object.assign(globalThis, { isWatching: false });
      return (globalThis as unknown as { moments: Moment[] }).moments;
    });
}

function buffered(page: Page, count: number): Promise<unknown> {
  return page.waitForFunction(
    (count) => {
      const there = document.querySelector<HTMLElement>(".track .there");
      return there && document.querySelectorAll(".track .there").length === 1 && count > 0 &&
        parseFloat(there.style.width) > 99;
    },
    count,
    { timeout: 30_000 },
  );
}

browserTest("the loop in a browser", async (t, browser) => {
  await using root = await publishedRoot(HOURS, ["refc"]);
  await using server = await startServer(root.dataRoot);

  await t.step("the loop plays all hours and starts again, without a request once they are in memory", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page, paths } = visited;
    await buffered(page, HOURS.length);
    await page.keyboard.press(" ");
    await shownHour(page, 5);
    await shownHour(page, 0);
    const before = paths.length;
    const stop = await watch(page);
    await shownHour(page, 3);
    await shownHour(page, 5);
    await shownHour(page, 1);
    const moments = await stop();
    assert.deepEqual(paths.slice(before), [], "requests of a warm loop");
    assert.ok(new Set(moments.map(({ shown }) => shown)).size >= 3, "hours 3, 5 and 1 at least");
    for (const { shown, clock } of moments) assert.equal(clock, `+${shown.split("/").at(-1)} h`);
    await page.keyboard.press(" ");
    const rested = await page.getAttribute(".map", "data-shown-hour");
    await page.waitForTimeout(900);
    assert.equal(await page.getAttribute(".map", "data-shown-hour"), rested);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("scrubbing back and forth shows legend and time of the painted frame at every moment", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await buffered(page, HOURS.length);
    const box = (await page.locator(SLIDER).boundingBox())!;
    const stop = await watch(page);
    await page.mouse.move(box.x + 10, box.y + box.height / 2);
    await page.mouse.down();
    for (const share of [0.2, 0.5, 0.9, 1, 0.7, 0.3, 0, 0.4, 0.8, 1]) {
      await page.mouse.move(box.x + 9 + share * (box.width - 18), box.y + box.height / 2, { steps: 6 });
    }
    await page.mouse.up();
    await shownHour(page, 5);
    const moments = await stop();
    const shown = new Set(moments.map(({ shown }) => shown));
    assert.ok(shown.size >= 3, `hours were painted in passing: ${[...shown]}`);
    for (const { shown, clock } of moments) assert.equal(clock, `+${shown.split("/").at(-1)} h`);
    assert.deepEqual(visited.faults, []);
  });

  await t.step(
    "an hour whose tiles are late is waited for, then left out and marked, and never painted empty",
    async () => {
      let release: () => void = () => {};
      const isReleased = new Promise<void>((resolve) => release = resolve);
      await using visited = await visit(browser, server, DESKTOP, {
        prepare: (page) =>
          page.route("**/tiles/v3/**/2/*/*/*.png?v=*", async (route) => {
            await isReleased;
            await route.continue().catch(() => {}); // the page may be closed by now
          }),
      });
      const { page } = visited;
      await page.waitForTimeout(2500);
      await page.keyboard.press(" ");
      await page.waitForSelector(".tick.skipped", { timeout: 15_000, state: "attached" });
      await shownHour(page, 4);
      release();
      await shownHour(page, 2); // in a later round of the loop
      assert.equal(await page.locator(".tick.skipped").count(), 0);
    },
  );

  await t.step("the loop goes back and forth, at the chosen speed", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await buffered(page, HOURS.length);
    await page.click("button[aria-label='At the end: start again']");
    await page.selectOption(".speed select", "4");
    await page.evaluate(() => {
      const map = document.querySelector<HTMLElement>(".map")!;
      const order = [map.dataset.shownHour];
      Object.assign(globalThis, { order });
      new MutationObserver(() => order.push(map.dataset.shownHour)).observe(map, {
        attributeFilter: ["data-shown-hour"],
      });
    });
    await page.click("button[aria-label='Play']");
    await shownHour(page, 5);
    await shownHour(page, 0);
    await page.click("button[aria-label='Pause']");
    const order = await page.evaluate(() => (globalThis as unknown as { order: string[] }).order.map(Number));
    // On a busy machine the loop may leave hours out, but it never turns before the end.
    const top = order.indexOf(5);
    assert.ok(top > 0 && order.slice(1, top + 1).every((hour, i) => hour > order[i]!), order.join());
    const back = order.slice(top, order.indexOf(0, top) + 1);
    assert.ok(back.length > 1 && back.slice(1).every((hour, i) => hour < back[i]!), order.join());
  });

  await t.step("keys step hours and open the help, and do nothing while the reader types in a field", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await page.keyboard.press("ArrowRight");
    await shownHour(page, 1);
    await page.keyboard.press("End");
    await shownHour(page, 5);
    await page.keyboard.press("ArrowLeft");
    await shownHour(page, 4);
    await page.keyboard.press("Shift+ArrowLeft");
    await shownHour(page, 0);
    await page.keyboard.press("?");
    await page.waitForSelector("dialog.help[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.help:not([open])", { state: "attached" });
    await page.click(".picker");
    await page.keyboard.type(" ]?");
    assert.equal(await page.inputValue(".search input"), " ]?");
    assert.equal(await page.locator("dialog.help[open]").count(), 0);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("with reduced motion nothing plays by itself, and the map jumps to a region", async () => {
    await using visited = await visit(browser, server, DESKTOP, { context: { reducedMotion: "reduce" } });
    const { page } = visited;
    await page.waitForTimeout(1500);
    assert.equal(await page.getAttribute(".map", "data-shown-hour"), "0");
    const before = new URL(page.url()).searchParams.get("at");
    await page.selectOption(".region select", "conus");
    await page.waitForFunction((before) => new URL(location.href).searchParams.get("at") !== before, before);
  });
});
