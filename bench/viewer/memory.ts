import type { Browser } from "playwright-core";
import { processesOf } from "./processes.ts";
import { sleep, Visit } from "./visit.ts";

/** In MB. */
export interface Memory {
  readonly minute: number;
  /** Of JavaScript, after its garbage was collected. */
  readonly heap: number;
  /** Resident, of the process that the page is in, and of the one that draws. */
  readonly page: number;
  readonly graphics: number;
  /** Frames that came to the map so far. */
  readonly frames: number;
}

/** Plays for so many minutes from the first frame on, and looks at memory each minute. */
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
