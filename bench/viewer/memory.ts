import type { Browser } from "playwright-core";
import { processesOf } from "./processes.ts";
import { sleep, Visit } from "./visit.ts";

/** Memory of the page and the browser, in MB. */
export interface Memory {
  readonly minute: number;
  /** JavaScript heap after garbage collection. */
  readonly heap: number;
  /** Resident memory of the page's process, and of the graphics process. */
  readonly page: number;
  readonly graphics: number;
  /** Number of frames that were shown on the map so far. */
  readonly frames: number;
}

/** Plays for `minutes` minutes once all hours are in memory, and measures memory at the start and each minute. */
export async function* memoryOfLoop(browser: Browser, origin: string, minutes: number): AsyncGenerator<Memory> {
  await using visit = await Visit.open(browser, origin);
  await visit.changed(1);
  await visit.buffered();
  await visit.page.click(".timebar .play");
  const { devTools } = visit;
  await devTools.send("Performance.enable");
  for (let minute = 0; minute <= minutes; minute++) {
    if (minute > 0) await sleep(60_000);
    await devTools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devTools.send("Performance.getMetrics");
    const bytes = metrics.find(({ name }) => name === "JSHeapUsedSize")!.value;
    const frames = (await visit.changes()).length;
    const { page, graphics } = await processesOf(browser);
    yield { minute, heap: bytes / 2 ** 20, page: page.residentMb, graphics: graphics.residentMb, frames };
  }
}
