import type { Browser } from "playwright-core";
import { judge, likeness, type Verdict } from "./judge.ts";
import type { Sample } from "./probe.ts";
import { sleep, Visit } from "./visit.ts";

const SLIDER = ".timeline input";
/** Duration of one sweep over all hours in one direction. */
const SWEEP_MS = 6000;
const STEP_MS = 16;
/** Number of animation frames after which a chosen frame is drawn. */
const DRAWN_AFTER = 3;
const VARIABLE_REST_MS = 300;

export interface Scrub {
  readonly name: string;
  readonly verdict: Verdict;
}

export interface Scrubs {
  readonly scrubs: readonly Scrub[];
  /** Greatest likeness of the images of two successive hours: frames that are more alike cannot be told apart. */
  readonly likenessOfNeighbours: number;
}

/** Drags the slider to the end and back, before the hours are in memory and after; then changes variables. */
export async function scrubAll(
  browser: Browser,
  origin: string,
  legends: Readonly<Record<string, string>>,
  rounds: number,
): Promise<Scrubs> {
  await using visit = await Visit.open(browser, origin, { keepsPicture: true });
  await visit.changed(1);
  const taken = new Map<string, Sample[]>();
  taken.set("dragging, nothing prefetched", await samplesOf(visit, () => sweep(visit)));
  await visit.buffered();
  taken.set(
    "dragging, all in memory",
    await samplesOf(visit, async () => {
      for (let round = 0; round < rounds; round++) await sweep(visit);
    }),
  );
  const variables = await samplesOf(visit, () => changeVariables(visit, Object.keys(legends).length));
  taken.set("changing variables", variables);
  const pictures = await picturesOfHours(visit);
  const scrubs = [...taken].map(([name, samples]) => ({ name, verdict: judge(samples, legends, pictures) }));
  const all = [...pictures.values()];
  const likenessOfNeighbours = Math.max(...all.slice(1).map((picture, i) => likeness(all[i]!, picture)));
  return { scrubs, likenessOfNeighbours };
}

async function samplesOf({ page }: Visit, work: () => Promise<void>): Promise<Sample[]> {
  await page.evaluate(() => {
    globalThis.window.twfProbe.samples.length = 0;
    globalThis.window.twfProbe.take(true);
  });
  await work();
  return await page.evaluate(() => {
    globalThis.window.twfProbe.take(false);
    return globalThis.window.twfProbe.samples;
  });
}

/** Drags the slider to the end and back with the mouse. */
async function sweep({ page }: Visit): Promise<void> {
  const box = (await page.locator(SLIDER).boundingBox())!;
  const y = box.y + box.height / 2;
  const THUMB_PX = 8;
  const x = (share: number) => box.x + THUMB_PX + share * (box.width - 2 * THUMB_PX);
  await page.mouse.move(x(0), y);
  await page.mouse.down();
  for (const isBack of [false, true]) {
    for (const started = performance.now(); performance.now() < started + SWEEP_MS;) {
      const share = Math.min((performance.now() - started) / SWEEP_MS, 1);
      await page.mouse.move(x(isBack ? 1 - share : share), y);
      await sleep(STEP_MS);
    }
  }
  await page.mouse.move(x(0), y);
  await page.mouse.up();
  await isSettled(page);
}

async function changeVariables({ page }: Visit, count: number): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement).blur()); // keys go to the page again
  for (let i = 0; i < count; i++) {
    await page.keyboard.press("]");
    await sleep(VARIABLE_REST_MS);
  }
  await isSettled(page);
}

async function isSettled(page: Visit["page"]): Promise<void> {
  await page.waitForSelector('.timebar[aria-busy="false"]');
}

/** Returns the pixels of each hour of the first variable at rest. */
async function picturesOfHours(visit: Visit): Promise<Map<string, readonly number[]>> {
  const { page } = visit;
  await page.keyboard.press("Home");
  await isSettled(page);
  const count = await page.locator(".timeline .tick").count();
  const pictures = new Map<string, readonly number[]>();
  for (let i = 0; i < count; i++) {
    if (i > 0) await page.keyboard.press("ArrowRight");
    await isSettled(page);
    const samples = await samplesOf(visit, () => framesDrawn(page));
    const { frame, pixels } = samples.at(-1)!;
    pictures.set(frame, pixels);
  }
  return pictures;
}

async function framesDrawn(page: Visit["page"]): Promise<void> {
  await page.waitForFunction((count) => globalThis.window.twfProbe.samples.length >= count, DRAWN_AFTER);
}
