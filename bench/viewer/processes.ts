import type { Browser } from "playwright-core";

/** A process of the browser. Linux only. */
export interface BrowserProcess {
  readonly residentMb: number;
  /** User and system time of all threads so far; the kernel counts in hundredths of a second. */
  readonly cpuMs: number;
}

/** Returns the page's process and the graphics process; zeros for a process that does not exist yet. */
export async function processesOf(browser: Browser): Promise<{ page: BrowserProcess; graphics: BrowserProcess }> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const busiest = (type: string) =>
      processInfo.filter((process) => process.type === type).map(({ id }) => read(id))
        .reduce((most, process) => process.cpuMs > most.cpuMs ? process : most, { residentMb: 0, cpuMs: 0 });
    // Chromium keeps a spare renderer, which has done nothing yet.
    return { page: busiest("renderer"), graphics: busiest("GPU") };
  } finally {
    await session.detach();
  }
}

function read(pid: number): BrowserProcess {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third field of proc(5) on
  return {
    residentMb: Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]) / 1024,
    cpuMs: (Number(fields[14 - 3]) + Number(fields[15 - 3])) * 10,
  };
}
