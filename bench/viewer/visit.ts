import type { Browser, CDPSession, Page } from "playwright-core";
import { type Change, installProbe } from "./probe.ts";

export const VIEWPORT = { width: 1440, height: 900 };
/** Timeout of every wait, long enough for a busy machine: nothing here fails for being slow. */
const PATIENCE_MS = 180_000;

/** A reader's machine and connection. */
export interface Conditions {
  readonly cpuTimesSlower: number;
  readonly latencyMs: number;
  readonly downBytesPerS: number;
  readonly upBytesPerS: number;
}

interface VisitOptions {
  readonly conditions?: Conditions;
  /** Query of the page's address. */
  readonly query?: string;
  /** Whether the page is asked to save data; it prefetches nothing then. */
  readonly savesData?: boolean;
  /** Whether the map's canvas can be read. */
  readonly keepsPicture?: boolean;
}

/** The page in its own browser profile with empty caches, with a probe in it. */
export class Visit implements AsyncDisposable {
  /** Paths that the page and its Workers requested from the server. */
  readonly requests: string[] = [];

  private constructor(readonly page: Page, readonly devTools: CDPSession) {}

  static async open(browser: Browser, origin: string, options: VisitOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: VIEWPORT });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const visit = new Visit(page, await context.newCDPSession(page));
    if (options.savesData) {
      await page.addInitScript(() =>
        Object.defineProperty(Navigator.prototype, "connection", { get: () => ({ saveData: true }) })
      );
    }
    await page.addInitScript(installProbe, options.keepsPicture ?? false);
    page.on("request", (request) => {
      if (request.url().startsWith(origin)) visit.requests.push(request.url().slice(origin.length));
    });
    if (options.conditions) await visit.#worsen(options.conditions);
    await page.goto(`${origin}/models-v3${options.query ?? ""}`, { waitUntil: "commit" });
    return visit;
  }

  /** Slows down the page and its Workers; each Worker has its own connection to DevTools. */
  async #worsen({ cpuTimesSlower, latencyMs, downBytesPerS, upBytesPerS }: Conditions): Promise<void> {
    const { devTools } = this;
    const conditions = {
      offline: false,
      latency: latencyMs,
      downloadThroughput: downBytesPerS,
      uploadThroughput: upBytesPerS,
    };
    devTools.on("Target.attachedToTarget", ({ sessionId }) => {
      const steps = [
        ["Network.enable", {}],
        ["Network.emulateNetworkConditions", conditions],
        ["Runtime.runIfWaitingForDebugger", {}],
      ] as const;
      steps.forEach(([method, params], id) =>
        // A Worker that has ended needs none of these.
        void devTools.send("Target.sendMessageToTarget", {
          sessionId,
          message: JSON.stringify({ id, method, params }),
        }).catch(() => {})
      );
    });
    await devTools.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: false });
    await devTools.send("Network.enable");
    await devTools.send("Network.emulateNetworkConditions", conditions);
    await devTools.send("Emulation.setCPUThrottlingRate", { rate: cpuTimesSlower });
  }

  /** Waits until `times` frames were shown on the map since the page was opened. @returns the last of these frames */
  async changed(times: number): Promise<Change> {
    await this.page.waitForFunction((times) => globalThis.window.twfProbe.changes.length >= times, times);
    return await this.page.evaluate((times) => globalThis.window.twfProbe.changes[times - 1]!, times);
  }

  async changes(): Promise<Change[]> {
    return await this.page.evaluate(() => globalThis.window.twfProbe.changes);
  }

  /** Waits until the time bar reports that all hours can be shown without the network. */
  async buffered(): Promise<void> {
    await this.page.waitForFunction(
      () => {
        const spans = document.querySelectorAll<HTMLElement>(".timeline .there");
        return spans.length === 1 && parseFloat(spans[0]!.style.width) > 99.9;
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}

export const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
