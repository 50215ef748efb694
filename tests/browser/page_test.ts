import assert from "node:assert/strict";
import { sampleAnswerSchema } from "../../contract/api.ts";
import { publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import {
  browserTest,
  chooseVariable,
  DESKTOP,
  mapPixels,
  PHONE,
  pixelsAtRest,
  shownHour,
  SLIDER,
  visit,
  WIDE_DESKTOP,
} from "./visit.ts";
import { runId } from "../support/identity.ts";

/** Colours of the map without weather. */
const WATER = 0x10192b;
const LAND = 0x263450;
/** Time until the contours of a frame at rest have their numbers. */
const NUMBERS_MS = 1500;

browserTest("the page in a browser", async (t, browser) => {
  await using root = await publishedRoot([0, 1, 2], ["tmp2m", "wspd10m"]);
  await using server = await startServer(root.dataRoot);
  // Steps that leave the page unchanged share a page: opening a page takes as long as five steps.
  await using visited = await visit(browser, server, DESKTOP);
  const { page } = visited;

  await t.step("the page paints weather, in many colours and over most of the map", async () => {
    const pixels = await mapPixels(visited.page);
    assert.ok(new Set(pixels).size > 40, "more than 40 colours");
    assert.ok(pixels.filter((pixel) => pixel === WATER).length < pixels.length / 10, "little bare basemap");
    const { paths } = visited;
    assert.ok(!paths.some((path) => path.includes("counties")), "counties are for those who look closer");
    // Scripts that the browser discovers one after the other load late.
    const links = page.locator("link[rel=modulepreload]");
    const early = await links.evaluateAll((all) => all.map((link) => new URL((link as HTMLLinkElement).href).pathname));
    const scripts = paths.filter((path) => path.endsWith(".js") && !/boot-|map-worker-/.test(path));
    // The Worker that has the events is loaded separately, and nothing waits for it.
    assert.deepEqual(new Set(scripts.filter((path) => !path.includes("/event_worker-"))), new Set(early));
    assert.deepEqual(visited.faults, []);
  });

  await t.step("a map that is dragged and zoomed is covered with weather, and requests each tile once", async () => {
    await using visited = await visit(browser, server, DESKTOP, { query: "?at=43,-110,5.6&lines=0&values=0" });
    const { page, paths } = visited;
    const isCovered = async () => {
      await page.waitForTimeout(2000);
      const pixels = await mapPixels(page);
      const bare = pixels.filter((pixel) => pixel === WATER || pixel === LAND).length;
      assert.equal(bare, 0, `${bare} of ${pixels.length} pixels are bare map`);
    };
    await isCovered();
    for (let drags = 0; drags < 2; drags++) {
      await page.mouse.move(1200, 400);
      await page.mouse.down();
      await page.mouse.move(100, 350, { steps: 10 });
      await page.mouse.up();
    }
    await isCovered();
    const zoomed = page.waitForRequest((request) => request.url().includes("counties"));
    await page.mouse.wheel(0, -600);
    await isCovered();
    await zoomed;
    const tiles = paths.filter((path) => path.startsWith("/tiles/"));
    assert.equal(new Set(tiles).size, tiles.length);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("the slider changes the frame, its time and its tiles", async () => {
    const before = await mapPixels(page);
    const clock = await page.textContent(".clock time");
    await page.locator(SLIDER).focus();
    await page.keyboard.press("End");
    await shownHour(page, 2);
    assert.notEqual(await page.textContent(".clock time"), clock);
    assert.equal((await page.textContent(".clock .hour"))!.trim(), "+2 h");
    assert.ok(visited.paths.some((path) => path.startsWith(`/tiles/v3/hrrr/${RUN}/tmp2m/2/`)));
    const after = await mapPixels(page);
    const changed = after.filter((pixel, i) => pixel !== before[i]).length;
    assert.ok(changed > after.length / 20, `${changed} of ${after.length} pixels changed`);
    await page.click("button[aria-label='Previous hour']");
    await shownHour(page, 1);
    await page.locator(SLIDER).press("Home");
    await shownHour(page, 0);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("the tooltip shows the value that /sample gives, and hides when the pointer leaves", async () => {
    const answered = page.waitForResponse((response) => response.url().includes("/api/v3/sample?"));
    await page.mouse.move(700, 400);
    const { value, units } = sampleAnswerSchema.parse(await (await answered).json());
    await page.waitForSelector(".hover[data-status=value]");
    assert.equal(await page.textContent(".hover"), `${value.toFixed(0).replace("-", "−")}${units}`);
    await page.mouse.move(700, 20); // the toolbar
    await page.waitForSelector(".hover[data-status=hidden]", { state: "attached" });
    assert.equal(await page.isVisible(".hover"), false);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("choosing a variable changes tiles, legend and units, and keeps the hour", async () => {
    await page.click("button[aria-label='Next hour']");
    await shownHour(page, 1);
    const before = await mapPixels(page);
    await chooseVariable(page, "wind speed", "wspd10m");
    await shownHour(page, 1);
    assert.equal(await page.textContent(".legend h2"), "10 m wind speed mph");
    const after = await mapPixels(page);
    assert.ok(after.filter((pixel, i) => pixel !== before[i]).length > after.length / 2);
    await chooseVariable(page, "2 m temperature", "tmp2m");
    await page.click("button[aria-label='Previous hour']");
    await shownHour(page, 0);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("choosing a region moves the map and changes neither run nor variable", async () => {
    const paths: string[] = [];
    page.on("request", (request) => paths.push(new URL(request.url()).pathname));
    await page.selectOption(".region select", "conus");
    await page.waitForSelector(".map[data-region=conus]");
    await page.waitForTimeout(1500);
    assert.ok(paths.some((path) => path.startsWith("/tiles/v3/")));
    assert.ok(
      paths.every((path) => !path.startsWith("/tiles/v3/") || path.startsWith(`/tiles/v3/hrrr/${RUN}/tmp2m/`)),
    );
    // The next visit starts with that region, and requests no tiles of the default region.
    paths.length = 0;
    await page.goto(`${server.origin}/models-v3`);
    await shownHour(page, 0);
    assert.equal(await page.getAttribute(".map", "data-region"), "conus");
    const zooms = paths.flatMap((path) => /^\/tiles\/v3\/.*\/0\/([0-9]+)\/[0-9]+\/[0-9]+\.png$/.exec(path)?.[1] ?? []);
    assert.equal(new Set(zooms).size, 1, `tiles of zooms ${zooms}`);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("an hour whose tiles fail leaves the last frame, says so, and moves the slider back", async () => {
    await using visited = await visit(browser, server, DESKTOP, {
      query: "?lines=0&values=0",
      prepare: (page) =>
        page.route("**/tiles/v3/**/1/*/*/*.png?v=*", (route) => route.fulfill({ status: 500, body: "" })),
    });
    const { page } = visited;
    const before = await pixelsAtRest(page);
    await page.click("button[aria-label='Next hour']");
    await page.waitForSelector(".failure");
    assert.match((await page.textContent(".failure"))!, /could not be loaded/);
    assert.equal((await page.textContent(".clock .hour"))!.trim(), "+0 h");
    assert.equal(await page.getAttribute(".map", "data-shown-hour"), "0");
    const changed = (await pixelsAtRest(page)).filter((pixel, i) => pixel !== before[i]).length;
    assert.ok(changed < before.length / 100, `${changed} of ${before.length} pixels changed`);
    await page.unroute("**/tiles/v3/**/1/*/*/*.png?v=*");
    await page.click("button[aria-label='Next hour']");
    await shownHour(page, 1);
    assert.equal(await page.locator(".failure").count(), 0);
  });

  await t.step("contours are drawn over the weather, and can be switched off", async () => {
    await using visited = await visit(browser, server, WIDE_DESKTOP);
    const { page } = visited;
    await page.click("button[title=Layers]");
    await page.uncheck(".values input"); // names without values: only contours change
    await page.waitForTimeout(NUMBERS_MS);
    const withLines = await pixelsAtRest(page);
    await page.uncheck(".contours input");
    const without = await pixelsAtRest(page);
    const changed = (a: readonly unknown[], b: readonly unknown[]) => a.filter((pixel, i) => pixel !== b[i]).length;
    const drawn = changed(withLines, without) / withLines.length;
    assert.ok(drawn > 0.001 && drawn < 0.1, `${drawn} of the map is lines`);
    // The next hour has no contours either, until they are switched on again.
    await page.click("button[aria-label='Next hour']");
    await shownHour(page, 1);
    await page.click("button[aria-label='Previous hour']");
    await shownHour(page, 0);
    assert.ok(changed(await pixelsAtRest(page), without) / without.length < 0.0005);
    await page.click("button[title=Layers]"); // the menu closed when the time bar was pressed
    await page.check(".contours input");
    await page.waitForTimeout(NUMBERS_MS);
    assert.ok(changed(await pixelsAtRest(page), withLines) / without.length < 0.002);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("hours that are published while the page is open appear, and a newer run is announced", async () => {
    await using growing = await publishedRoot([0, 1]);
    await using server = await startServer(growing.dataRoot);
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    const slider = page.locator(SLIDER);
    assert.equal(await slider.getAttribute("max"), "60"); // minutes
    await page.waitForTimeout(1500); // the event stream is open, and the page knows the hours that exist
    await publishHour(growing.dataRoot, RUN, 2);
    await page.waitForSelector(`${SLIDER}[max="120"]`, { timeout: 10_000 });
    assert.equal(await page.getAttribute(".map", "data-shown-hour"), "0");
    await slider.focus();
    await page.keyboard.press("End");
    await shownHour(page, 2);

    const newer = runId("20260217_07z");
    for (const hour of [0, 1, 2]) await publishHour(growing.dataRoot, newer, hour);
    await page.waitForSelector(".notice.newer", { timeout: 10_000 });
    assert.match((await page.textContent(".notice.newer"))!, /^A newer run is available: 17 Feb 07Z/);
    const clock = await page.textContent(".clock time");
    await page.click(".notice.newer .link");
    await page.waitForSelector(`.map[data-shown-frame="hrrr/${newer}/tmp2m/1"]`); // the same valid time
    assert.equal(await page.textContent(".clock time"), clock);
    assert.equal(await page.locator(".notice.newer").count(), 0);
    assert.deepEqual(visited.faults, []);

    await server.stop();
    await page.waitForSelector(".notice.stale", { timeout: 10_000 });
  });

  await t.step("on a phone nothing is wider than the screen or covers the time bar", async () => {
    await using visited = await visit(browser, server, PHONE);
    const { page } = visited;
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
    const slider = (await page.locator(SLIDER).boundingBox())!;
    const topmost = await page.evaluate(
      ([x, y]) => document.elementFromPoint(x!, y!)?.tagName,
      [slider.x + slider.width / 2, slider.y + slider.height / 2],
    );
    assert.equal(topmost, "INPUT");
    assert.ok(new Set(await mapPixels(page)).size > 40);
    assert.deepEqual(visited.faults, []);
  });
});
