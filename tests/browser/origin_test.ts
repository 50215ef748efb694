import assert from "node:assert/strict";
import { frameId, publishedRoot, RUN } from "../support/published_root.ts";
import { rewriteSidecar } from "../support/rewrite_sidecar.ts";
import { startServer } from "../support/server_process.ts";
import { browserTest, DESKTOP, PHONE, visit } from "./visit.ts";

const FILE = "https://noaa.example/hrrr.20260217/conus/hrrr.t06z.wrfsfcf00.grib2";
const SHA256 = "0123456789abcdef".repeat(4);
const CODES = { centre: 7, sub_centre: 0, process: 83, production_status: 0, data_type: 1 };
const BUTTON = ".panels .origin-switch";
const DIALOG = ".panels dialog.origin";

browserTest("the origin of a frame in a browser", async (t, browser) => {
  await using root = await publishedRoot([0, 1]);
  await rewriteSidecar(root.dataRoot, frameId(0), ({ source }) => {
    const receipt = { ...CODES, sha256: SHA256, etag: null, modified: "2026-02-17T06:52:10Z" };
    delete source.synthetic;
    source.provider = "aws";
    source.messages = [
      { ...receipt, name: "TMP:2 m above ground:anl", url: FILE, offset: 37_000_000, length: 1_240_000 },
      { ...receipt, name: "DPT:2 m above ground:anl", url: FILE, offset: 0, length: 840, centre: 98 },
      { ...receipt, name: "HGT:500 mb:anl", url: "javascript:alert(1)", offset: 5, length: 10 },
    ];
  });
  await using server = await startServer(root.dataRoot);

  await t.step("a button in the legend opens the receipts of the painted frame, by keyboard too", async () => {
    await using visited = await visit(browser, server, DESKTOP);
    const { page, paths } = visited;
    const button = page.locator(BUTTON);
    assert.equal(await button.textContent(), "Where is this from?");
    assert.equal(await button.getAttribute("aria-expanded"), "false");
    assert.equal(await page.isVisible(DIALOG), false);
    await button.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(`${DIALOG}[open]`);
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    const text = (await page.textContent(DIALOG))!;
    assert.match(text, /2 m temperature, valid Tue 17 Feb, 06:00 UTC\. Provider: aws\./);
    assert.match(text, /TMP:2 m above ground:anl.*bytes 37,000,000–38,239,999 \(1\.2 MB\)/);
    assert.match(text, /0123456789ab….*Tue 17 Feb, 06:52 UTC.*7 \(NCEP, US National Weather Service\), process 83/);
    assert.match(text, /DPT:2 m above ground:anl.*98 \(ECMWF\)/);
    assert.equal(await page.locator(`${DIALOG} code`).first().getAttribute("title"), SHA256);
    // One link for the two messages of a file, and none for a script.
    const links = page.locator(`${DIALOG} a`);
    assert.deepEqual(
      await links.evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute("href")])),
      [
        ["hrrr.t06z.wrfsfcf00.grib2", FILE],
      ],
    );
    assert.equal(await links.getAttribute("rel"), "noopener noreferrer");
    await page.keyboard.press("Escape");
    await page.waitForSelector(`${BUTTON}[aria-expanded=false]`);
    assert.equal(await page.isVisible(DIALOG), false);
    assert.ok(await button.evaluate((element) => element === document.activeElement), "focus is back on the button");
    const asked = paths.filter((path) => path === `/api/v3/hrrr/${RUN}/tmp2m/0`);
    assert.equal(asked.length, 0, "the sidecar came with the page, and the receipts are in it");
    assert.deepEqual(visited.faults, []);
  });

  await t.step("a frame from a local file says that its bytes are not recorded", async () => {
    await using visited = await visit(browser, server, DESKTOP, { query: "?fh=1" });
    await visited.page.click(BUTTON);
    const text = (await visited.page.textContent(DIALOG))!;
    assert.match(text, /The data are synthetic: no forecast centre made them\./);
    assert.match(text, /\.grib2Which of its bytes were used is not recorded\.TMP:2 m above ground:1 hour fcst/);
    assert.match(text, /Centre65535 \(none\)/);
    assert.equal(await visited.page.locator(`${DIALOG} a`).count(), 0);
  });

  await t.step("on a phone the receipts fit the screen, and a thumb closes them", async () => {
    await using visited = await visit(browser, server, PHONE, { context: { hasTouch: true, isMobile: true } });
    const { page } = visited;
    const { height } = (await page.locator(BUTTON).boundingBox())!;
    assert.ok(height >= 43.5, `${height} px`);
    await page.tap(BUTTON);
    await page.waitForSelector(`${DIALOG}[open]`);
    const box = (await page.locator(DIALOG).boundingBox())!;
    assert.ok(box.x >= 0 && box.width <= PHONE.width && box.y > 0, JSON.stringify(box));
    assert.ok(await page.locator(DIALOG).evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
    const close = page.locator(`${DIALOG} button`);
    assert.ok((await close.boundingBox())!.height >= 43.5);
    await close.tap();
    await page.waitForSelector(`${BUTTON}[aria-expanded=false]`);
    assert.deepEqual(visited.faults, []);
  });
});
