import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, chooseVariable, DESKTOP, shownHour, visit } from "./visit.ts";

browserTest("links, images and comparison in a browser", async (t, browser) => {
  await using root = await publishedRoot([0, 1, 2], ["tmp2m", "wspd10m"]);
  await using server = await startServer(root.dataRoot);

  await t.step("the address contains the whole view, and restores it exactly", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await chooseVariable(page, "wind speed", "wspd10m");
    await page.keyboard.press("End");
    await shownHour(page, 2);
    await page.mouse.click(700, 400);
    await page.waitForSelector(".meteogram .chart");
    await page.keyboard.press("l");
    await page.click("button[title=Layers]");
    await page.locator(".opacity input").fill("60");
    await page.keyboard.press("Escape");
    await page.keyboard.press("c");
    await page.waitForSelector(".pane.second .map[data-shown-hour='2']", { timeout: 20_000 });
    await page.waitForTimeout(800);
    const address = page.url();
    assert.match(address, new RegExp(`model=hrrr&run=${RUN}&var=wspd10m&fh=2&at=`));
    await using again = await visit(browser, server, DESKTOP, { query: new URL(address).search });
    await again.page.waitForSelector(".pane.second .map[data-shown-hour='2']", { timeout: 20_000 });
    await again.page.waitForSelector(".meteogram .chart");
    await again.page.waitForTimeout(1200);
    assert.equal(again.page.url(), address);
    assert.equal(await again.page.textContent(".legend h2"), "10 m wind speed mph");
    assert.deepEqual([...visited.faults, ...again.faults], []);
  });

  await t.step("a link to a removed run shows the newest run at the same valid time, and says so", async () => {
    await using visited = await visit(browser, server, DESKTOP, {
      query: "?model=hrrr&run=20260217_05z&var=tmp2m&fh=3",
    });
    const { page, faults } = visited;
    await shownHour(page, 2);
    assert.match((await page.textContent(".notice.missing"))!, /not published: run 20260217_05z/);
    assert.deepEqual(faults, []);
  });

  await t.step("the saved image contains the map and a caption", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await page.click("button[title=Share]");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Save picture (PNG)")]);
    assert.equal(download.suggestedFilename(), `hrrr_${RUN}_tmp2m_fh000.png`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const { width, height, data } = PNG.sync.read(Buffer.concat(chunks));
    assert.equal(width, DESKTOP.width);
    const colors = (from: number, to: number) => {
      const found = new Set<number>();
      for (let i = from * width; i < to * width; i++) found.add(data.readUIntBE(i * 4, 3));
      return found.size;
    };
    assert.ok(colors(100, height - 200) > 40, "weather");
    assert.ok(colors(height - 60, height) > 20, "caption and legend");
    assert.deepEqual(visited.faults, []);
  });

  await t.step("the loop is saved as a GIF of all hours", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await page.click("button[title=Share]");
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: 60_000 }),
      page.click("text=Save animation (GIF)"),
    ]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const gif = Buffer.concat(chunks);
    assert.equal(gif.toString("latin1", 0, 6), "GIF89a");
    // A graphic control extension begins each image of a GIF.
    let pictures = 0;
    for (let i = 0; i < gif.length - 3; i++) {
      if (gif[i] === 0x21 && gif[i + 1] === 0xf9 && gif[i + 2] === 0x04) pictures++;
    }
    assert.equal(pictures, 3);
    assert.deepEqual(visited.faults, []);
  });

  await t.step("two maps show two variables at the same time, under one camera; a slider swipes them", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page } = visited;
    await page.click("button[title=Compare]");
    await page.click("text=Side by side");
    await page.waitForSelector(".pane.second .map[data-shown-hour='0']", { timeout: 20_000 });
    await page.waitForSelector(".pane.second .maplibregl-ctrl-attrib", { state: "attached" });
    await page.click(".pane.second .picker");
    await page.keyboard.type("wind speed");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pane.second .map[data-shown-var=wspd10m]", { timeout: 20_000 });
    assert.equal(await page.getAttribute(".pane.first .map", "data-shown-var"), "tmp2m");
    await page.keyboard.press("Escape");
    await page.click("button[aria-label='Next hour']");
    await page.waitForSelector(".pane.first .map[data-shown-hour='1']");
    await page.waitForSelector(".pane.second .map[data-shown-hour='1']");
    assert.deepEqual(await page.locator(".legend h2").allTextContents(), [
      "10 m wind speed mph",
      "2 m temperature °F",
    ]);
    // The second map can show another hour.
    await page.selectOption(".hour-choice select", "2");
    await page.waitForSelector(".pane.second .map[data-shown-hour='2']");
    assert.equal(await page.getAttribute(".pane.first .map", "data-shown-hour"), "1");

    await page.click("button[title=Compare]");
    await page.click("text=Swipe");
    const divider = page.getByRole("slider", { name: "Divider between the maps" });
    await divider.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    assert.equal(await divider.getAttribute("aria-valuenow"), "60");
    await page.click("button[aria-label='End comparison']");
    assert.equal(await page.locator(".map").count(), 1);
    assert.deepEqual(visited.faults, []);
  });
});
