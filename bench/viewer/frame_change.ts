import type { Browser } from "playwright-core";
import { sleep, Visit } from "./visit.ts";

/** Pause between two key presses: the frame has come to rest, with the numbers on its contours. */
const REST_MS = 400;

/** Steps through hours of which the page has no tiles. @returns ms from each key press to the drawn frame */
export async function coldChanges(browser: Browser, origin: string, steps: number): Promise<number[]> {
  await using visit = await Visit.open(browser, origin, { savesData: true });
  await visit.changed(1);
  const times = [];
  for (let step = 1; step <= steps; step++) {
    await sleep(REST_MS);
    const asked = visit.requests.length;
    times.push(await press(visit, "ArrowRight"));
    const tiles = visit.requests.slice(asked).filter((path) => path.includes("/tiles/")).length;
    if (tiles === 0) throw new Error(`Step ${step} took no tile from the server: it was not cold`);
  }
  return times;
}

export interface WarmChanges {
  /** Times to hours whose tiles are in memory, in ms. */
  readonly next: readonly number[];
  /** Times to hours that were shown just before, in ms. */
  readonly back: readonly number[];
}

/** Steps through hours that the page has prefetched, and back. */
export async function warmChanges(browser: Browser, origin: string, steps: number): Promise<WarmChanges> {
  await using visit = await Visit.open(browser, origin);
  await visit.changed(1);
  await visit.buffered();
  const [next, back]: [number[], number[]] = [[], []];
  for (let step = 1; step <= steps; step++) {
    await sleep(REST_MS);
    next.push(await press(visit, "ArrowRight"));
    if (step % 4 !== 0) continue;
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight"]) {
      await sleep(REST_MS);
      back.push(await press(visit, key));
    }
  }
  return { next, back };
}

async function press(visit: Visit, key: string): Promise<number> {
  const before = (await visit.changes()).length;
  await visit.page.keyboard.press(key);
  const { askedMs, drawnMs } = await visit.changed(before + 1);
  return drawnMs - askedMs;
}
