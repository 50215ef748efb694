import { Buffer } from "node:buffer";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { PNG } from "pngjs";
import { launchBrowser } from "../support/browser.ts";
import type { ServerProcess } from "../support/server_process.ts";

/** Helpers for tests of the built page in a real browser. */

/** A small desktop: software rendering takes its time from the pixels of the window. */
export const DESKTOP = { width: 1024, height: 640 };
/** A desktop on which an open menu leaves the middle of the map free. */
export const WIDE_DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const SLIDER = ".timeline input";
const SHOWN_TIMEOUT_MS = 30_000;

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Faults of the page: errors, warnings, failed responses, and requests to other hosts. */
  readonly faults: string[];
  /** Paths that the page requested. */
  readonly paths: string[];
}

export interface VisitOptions {
  readonly query?: string;
  readonly context?: BrowserContextOptions;
  /** Action before the page is requested. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** Opens the page and waits until it has painted a frame. */
export async function visit(
  browser: Browser,
  server: Pick<ServerProcess, "origin">,
  viewport: typeof DESKTOP,
  { query = "", context = {}, prepare }: VisitOptions = {},
): Promise<Visit> {
  const page = await browser.newPage({ viewport, timezoneId: "America/Los_Angeles", ...context });
  await prepare?.(page);
  const faults: string[] = [];
  const paths: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isDriverNoise(message.text())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (["blob:", "data:"].includes(url.protocol)) return;
    paths.push(url.pathname);
    if (!url.href.startsWith(`${server.origin}/`)) faults.push(`request to ${url.href}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${server.origin}/models-v3${query}`);
  await page.waitForSelector(".map[data-shown-hour]", { timeout: SHOWN_TIMEOUT_MS });
  return { page, faults, paths, [Symbol.asyncDispose]: () => page.close() };
}

/** Whether a message is the software WebGL driver's warning about its own speed. */
function isDriverNoise(text: string): boolean {
  return text.includes("GPU stall due to ReadPixels");
}

export async function shownHour(page: Page, hour: number): Promise<void> {
  await page.waitForSelector(`.map[data-shown-hour="${hour}"]`, { timeout: SHOWN_TIMEOUT_MS });
}

/** Returns the pixels of the middle of the map, as RGB words. */
export async function mapPixels(page: Page): Promise<number[]> {
  const box = (await page.locator(".map").first().boundingBox())!;
  const clip = { x: box.x + box.width / 4, y: box.y + box.height / 4, width: box.width / 2, height: box.height / 3 };
  const { data, width, height } = PNG.sync.read(Buffer.from(await page.screenshot({ clip })));
  return Array.from({ length: width * height }, (_, i) => data.readUIntBE(i * 4, 3));
}

/** Returns the same pixels once the map is at rest: on a busy machine borders, names and contours appear late. */
export async function pixelsAtRest(page: Page): Promise<number[]> {
  let before = await mapPixels(page);
  for (let tries = 0; tries < 40; tries++) {
    await page.waitForTimeout(500);
    const after = await mapPixels(page);
    if (after.every((pixel, i) => pixel === before[i])) return after;
    before = after;
  }
  throw new Error("The map is drawn again and again");
}

/** Chooses a variable as a reader does: by words of its name. */
export async function chooseVariable(page: Page, words: string, id: string): Promise<void> {
  await page.click(".picker");
  await page.fill(".search input", words);
  await page.keyboard.press("Enter");
  await page.waitForSelector(`.map[data-shown-var="${id}"]`, { timeout: SHOWN_TIMEOUT_MS });
}

/**
 * Registers a test whose steps share a browser. The browser's own connections outlive the steps and end with the
 * browser.
 */
export function browserTest(name: string, run: (t: Deno.TestContext, browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn(t) {
      const browser = await launchBrowser();
      try {
        await run(t, browser);
      } finally {
        await browser.close();
      }
    },
  });
}
