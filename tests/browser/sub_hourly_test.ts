import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { frame } from "../support/identity.ts";
import { publishedRoot, publishMadeUp, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, visit } from "./visit.ts";

browserTest("frames between hours in a browser", async (t, browser) => {
  await using root = await publishedRoot([0, 1]);
  await publishMadeUp(root.dataRoot, frame(`hrrr/${RUN}/tmp2m/0m15`));
  await using server = await startServer(root.dataRoot);

  await t.step("an address names such a frame, the page says its time, and arrow keys pass it", async () => {
    await using visited = await visit(browser, server, DESKTOP, { query: "?var=tmp2m&fh=0m15" });
    const { page, faults } = visited;
    await page.waitForSelector(".map[data-shown-hour='0m15']");
    assert.equal(await page.textContent(".hour"), "+0 h 15 min");
    await eventually(async () => (await page.title()).endsWith(" +0 h 15 min"));
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".map[data-shown-hour='1']");
    await page.keyboard.press("ArrowLeft");
    await page.waitForSelector(".map[data-shown-hour='0m15']");
    await eventually(() => new URL(page.url()).searchParams.get("fh") === "0m15");
    assert.deepEqual(faults, []);
  });
});
