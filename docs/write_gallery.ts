import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { runMain } from "../builder/cli/run_main.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { UsageError } from "../builder/cli/usage_error.ts";
import { ServerProcess } from "../bench/server_process.ts";
import { modelsAnswerSchema } from "../contract/api.ts";
import { cycleTime } from "../contract/identity.ts";
import { MODELS_URL } from "../contract/urls.ts";
import { launchBrowser } from "../tests/support/browser.ts";

/**
 * Takes the screenshots of docs/USER_GUIDE.md from the real page over a data root, for example the demo's. Command:
 * `deno task gallery DATA_ROOT`. The newest run must have the variables of HRRR and its first hours.
 */

const USAGE = "usage: deno task gallery [DATA_ROOT]";
const DEMO_ROOT = new URL("../data/v3/demo/synthetic", import.meta.url).pathname;
const PICTURES = new URL("images/gallery/", import.meta.url);
const JPEG_QUALITY = 80;
const DESKTOP = { width: 1440, height: 900 };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};
/** Age of the run in every screenshot, so that a gallery of an old run does not report the next run as late. */
const RUN_AGE_MS = 2 * 3_600_000;
/** Pause after the frame, in which names, numbers on contours and values at places appear. */
const SETTLE_MS = 2500;
/** Timeout of every wait: WebGL runs in software here. */
const PATIENCE_MS = 60_000;
/** The hour whose tiles do not arrive. */
const MISSING_HOUR = 5;
const PORTLAND = "45.52,-122.68";

/** A screenshot: the page's address, the actions on the page, and the part of the page that is taken. */
interface Shot {
  readonly name: string;
  readonly query: string;
  readonly context?: BrowserContextOptions;
  /** Action before the page is requested. */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** Action once the first frame is drawn and all hours are in memory. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** Whether some hours never load. */
  readonly isIncomplete?: boolean;
  /** Selector of an element, or a box in px; the whole window if undefined. */
  readonly part?: string | { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

const TOP_RIGHT = { x: 840, y: 0, width: 600, height: 320 };
const tilesOfMissingHour = `**/tiles/v3/**/${MISSING_HOUR}/*/*/*.png`;
const openMenu = (name: string) => (page: Page) => page.click(`button[title=${name}]`);
const secondMap = (page: Page) => page.waitForSelector(".pane.second .map[data-shown-hour]");

const SHOTS: readonly Shot[] = [
  { name: "first-view", query: "" },
  {
    name: "temperature",
    query: "?var=tmp2m&fh=6&region=conus",
    act: (page) => hover(page, 640, 330),
  },
  { name: "radar-by-type", query: "?var=radar_ptype&fh=6&region=conus" },
  { name: "wind", query: "?var=wspd10m&fh=9" },
  {
    name: "time-bar",
    query: "?var=refc&fh=2",
    prepare: (page) => page.route(tilesOfMissingHour, () => {}), // never answered
    act: playPastMissingHour,
    isIncomplete: true,
    part: ".timebar",
  },
  { name: "meteogram", query: `?var=tmp2m&fh=6&pin=${PORTLAND}` },
  { name: "variables", query: "", act: lookForWind, part: { x: 0, y: 0, width: 900, height: 420 } },
  { name: "layers", query: "", act: openMenu("Layers"), part: TOP_RIGHT },
  { name: "share", query: "", act: openMenu("Share"), part: TOP_RIGHT },
  { name: "side-by-side", query: "?var=tmp2m&fh=6&region=conus&compare=side&var2=radar_ptype", act: secondMap },
  { name: "swipe", query: "?var=refc&fh=6&region=conus&compare=swipe&swipe=50&var2=wspd10m", act: secondMap },
  { name: "help", query: "", act: (page) => page.keyboard.press("?") },
  { name: "legend-gradient", query: "?var=tmp2m&fh=6", act: (page) => hover(page, 900, 330), part: ".panels .legend" },
  { name: "legend-strip", query: "?var=refc&fh=6", part: ".panels .legend" },
  { name: "legend-classes", query: "?var=wdir10m&fh=6", part: ".panels .legend" },
  { name: "legend-segments", query: "?var=radar_ptype&fh=6", part: ".panels .legend" },
  {
    name: "hour-failed",
    query: `?var=refc&fh=${MISSING_HOUR - 1}`,
    prepare: (page) => page.route(tilesOfMissingHour, (route) => route.fulfill({ status: 500 })),
    act: async (page) => {
      await page.click("button[aria-label='Next hour']");
      await page.waitForSelector(".notice.failed");
    },
    isIncomplete: true,
  },
  {
    name: "offline",
    query: "?var=tmp2m&fh=6",
    act: async (page) => {
      await page.context().setOffline(true);
      await page.waitForSelector(".notice.stale");
    },
  },
  { name: "phone", query: "", context: PHONE },
  { name: "phone-sheet", query: "", context: PHONE, act: (page) => page.tap(".sheet-switch") },
  { name: "phone-meteogram", query: `?var=tmp2m&fh=6&pin=${PORTLAND}`, context: PHONE },
  { name: "phone-compare", query: "?var=tmp2m&fh=6&compare=side&var2=radar_ptype", context: PHONE, act: secondMap },
];

async function main(args: readonly string[]): Promise<void> {
  if (args.length > 1) throw new UsageError(`DATA_ROOT is one folder, not ${args.join(" ")}`);
  const dataRoot = await Deno.realPath(args[0] ?? DEMO_ROOT);
  await Deno.mkdir(PICTURES, { recursive: true });
  await using server = await ServerProcess.start(dataRoot, {});
  const now = await timeOfGallery(server.url);
  const browser = await launchBrowser();
  try {
    for (const shot of SHOTS) {
      await take(browser, server.url, now, shot);
      say(shot.name);
    }
  } finally {
    await browser.close();
  }
  print(`written: ${PICTURES.pathname}`);
}

/** Returns the time at which the first model's newest run has the age of the gallery. */
async function timeOfGallery(origin: string): Promise<Date> {
  const { models } = modelsAnswerSchema.parse(await (await fetch(origin + MODELS_URL)).json());
  const run = models[0]?.latest_run;
  if (!run) throw new UsageError("This data root has no run that readers are to see");
  return new Date(cycleTime(run).getTime() + RUN_AGE_MS);
}

async function take(browser: Browser, origin: string, now: Date, shot: Shot): Promise<void> {
  const { name, query, context, prepare, act, isIncomplete = false, part } = shot;
  const page = await browser.newPage({ viewport: DESKTOP, timezoneId: "America/Los_Angeles", ...context });
  page.setDefaultTimeout(PATIENCE_MS);
  try {
    await page.clock.setFixedTime(now);
    await prepare?.(page);
    await page.goto(`${origin}/models-v3${query}`);
    await page.waitForSelector(".map[data-shown-hour]");
    if (!isIncomplete) await buffered(page);
    await act?.(page);
    await page.waitForTimeout(SETTLE_MS);
    await save(page, name, part);
  } finally {
    await page.close();
  }
}

/** Waits until the time bar is bright from end to end. */
async function buffered(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const spans = document.querySelectorAll<HTMLElement>(".timeline .there");
    return spans.length === 1 && parseFloat(spans[0]!.style.width) > 99.9;
  });
}

/**
 * Saves a screenshot: a whole window, which is almost a photograph, as JPEG; a part, which is flat and small, as PNG.
 */
async function save(page: Page, name: string, part: Shot["part"]): Promise<void> {
  if (part === undefined) {
    const path = new URL(`${name}.jpg`, PICTURES).pathname;
    await page.screenshot({ path, type: "jpeg", quality: JPEG_QUALITY });
    return;
  }
  const path = new URL(`${name}.png`, PICTURES).pathname;
  if (typeof part === "string") await page.locator(part).first().screenshot({ path });
  else await page.screenshot({ path, clip: part });
}

async function hover(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.waitForSelector(".hover[data-status=value]");
}

async function playPastMissingHour(page: Page): Promise<void> {
  await page.click("button[aria-label='Play']");
  await page.waitForSelector(".tick.skipped");
  await page.waitForFunction(
    (hour) => Number(document.querySelector<HTMLElement>(".map")!.dataset.shownHour) > hour,
    MISSING_HOUR,
  );
  await page.click("button[aria-label='Pause']");
}

async function lookForWind(page: Page): Promise<void> {
  await page.click(".picker");
  await page.fill(".search input", "wind");
}

if (import.meta.main) await runMain(main, USAGE);
