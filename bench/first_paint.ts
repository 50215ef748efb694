import { print } from "../builder/cli/terminal.ts";
import { launchBrowser } from "../tests/support/browser.ts";
import { publishedRoot } from "../tests/support/published_root.ts";
import { startServer } from "../tests/support/server_process.ts";

/**
 * Time from opening the page to the first frame on the map, in headless Chromium with WebGL in software, over a synthetic
 * frame. Each visit has a profile of its own, so nothing is cached; the first also starts the browser's processes.
 */

const VISITS = 6;

await using root = await publishedRoot([0]);
await using server = await startServer(root.dataRoot);
const browser = await launchBrowser();
try {
  print("| visit | document ms | first frame ms |\n| ----: | ----------: | -------------: |");
  for (let visit = 1; visit <= VISITS; visit++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(`${server.origin}/models-v3`, { waitUntil: "commit" });
    const document = performance.now() - started;
    await page.waitForSelector(".map[data-shown-hour]");
    print(`| ${visit} | ${document.toFixed(0)} | ${(performance.now() - started).toFixed(0)} |`);
    await context.close();
  }
} finally {
  await browser.close();
}
