import type { Browser } from "playwright-core";
import { Visit } from "./visit.ts";

const PLAY = ".timebar .play";

/**
 * Presses play as soon as the first frame is drawn, or when all hours are in memory.
 * @returns ms until the first step is drawn
 */
export async function loopStart(browser: Browser, origin: string, isBuffered: boolean): Promise<number> {
  await using visit = await Visit.open(browser, origin);
  await visit.changed(1);
  if (isBuffered) await visit.buffered();
  await visit.page.click(PLAY);
  const { askedMs, drawnMs } = await visit.changed(2);
  return drawnMs - askedMs;
}

/** A loop through all hours. */
export interface Loop {
  /** Paths that were requested from the server. */
  readonly requests: readonly string[];
  /** Times between drawn frames, in ms. */
  readonly stepMs: readonly number[];
  /** Number of hours that were left out. */
  readonly skipped: number;
}

/** Plays `loops` loops after all hours were prefetched. */
export async function warmLoops(browser: Browser, origin: string, hours: number, loops: number): Promise<Loop[]> {
  await using visit = await Visit.open(browser, origin);
  await visit.changed(1);
  await visit.buffered();
  await visit.page.waitForLoadState("networkidle");
  await visit.page.click(PLAY);
  const results: Loop[] = [];
  for (let loop = 1; loop <= loops; loop++) {
    const asked = visit.requests.length;
    const begin = (await visit.changes()).length - 1;
    await isRound(visit, begin);
    const own = (await visit.changes()).slice(begin);
    results.push({
      requests: visit.requests.slice(asked),
      stepMs: own.slice(1).map(({ drawnMs }, i) => drawnMs - own[i]!.drawnMs),
      skipped: hours - new Set(own.map(({ frame }) => frame)).size,
    });
  }
  return results;
}

/** Waits until the hours start again from the first and reach the hour at which the loop began. */
async function isRound(visit: Visit, begin: number): Promise<void> {
  await visit.page.waitForFunction(
    (begin) => {
      const hours = globalThis.window.twfProbe.changes.slice(begin).map(({ frame }) => Number(frame.split("/").at(-1)));
      const wrap = hours.findIndex((hour, i) => i > 0 && hour < hours[i - 1]!);
      return wrap !== -1 && hours.slice(wrap).some((hour) => hour >= hours[0]!);
    },
    begin,
  );
}
