import type { Browser } from "playwright-core";
import { processesOf } from "./processes.ts";
import { type Conditions, Visit } from "./visit.ts";

/** Stages of a page that was just opened, in ms after its navigation. */
export interface FirstFrame {
  readonly documentMs: number;
  /** The last script that the map needs has arrived. */
  readonly scriptsMs: number;
  readonly firstTileAskedMs: number;
  readonly lastTileMs: number;
  readonly drawnMs: number;
  /** User and system time until the frame was drawn. */
  readonly pageCpuMs: number;
  readonly graphicsCpuMs: number;
}

/** Opens the page with nothing cached and measures its stages. */
export async function firstFrame(browser: Browser, origin: string, conditions?: Conditions): Promise<FirstFrame> {
  const { graphics: idle } = await processesOf(browser);
  await using visit = await Visit.open(browser, origin, { ...(conditions ? { conditions } : {}), savesData: true });
  const { drawnMs } = await visit.changed(1);
  const { page, graphics } = await processesOf(browser);
  const before = await visit.page.evaluate((drawnMs) => {
    const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const there = resources.filter(({ responseEnd }) => responseEnd > 0 && responseEnd < drawnMs);
    const scripts = there.filter(({ name }) => name.endsWith(".js"));
    const tiles = there.filter(({ name }) => name.includes("/tiles/"));
    return {
      documentMs: navigation!.responseEnd,
      scriptsMs: Math.max(...scripts.map(({ responseEnd }) => responseEnd)),
      firstTileAskedMs: Math.min(...tiles.map(({ startTime }) => startTime)),
      lastTileMs: Math.max(...tiles.map(({ responseEnd }) => responseEnd)),
    };
  }, drawnMs);
  return { ...before, drawnMs, pageCpuMs: page.cpuMs, graphicsCpuMs: graphics.cpuMs - idle.cpuMs };
}
