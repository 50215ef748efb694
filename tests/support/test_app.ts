import { getLogger } from "@logtape/logtape";
import { parseConfiguration } from "../../contract/environment.ts";
import { makeHandler } from "../../routes/handler.ts";
import { makeContext } from "../../routes/make_context.ts";
import type { CatalogueWatcher } from "../../server/catalogue_watcher.ts";
import { ManualPolls } from "./manual_polls.ts";

export interface TestApp extends Disposable, AsyncDisposable {
  readonly watcher: CatalogueWatcher;
  /** Answers a request for a path, without a socket. */
  get(path: string, headers?: HeadersInit): Promise<Response>;
  fetch(request: Request): Promise<Response>;
  /** Lets the second pass for which a server may show an earlier state. */
  passSecond(): void;
  /** Lets that second pass, and the watcher poll the manifests, which it does at no other time. */
  poll(): Promise<void>;
  /** Resolves when nothing is being prefetched. */
  prefetched(): Promise<void>;
}

/** Makes the server's application over a data root. */
export async function testApp(dataRoot: string, environment: Record<string, string> = {}): Promise<TestApp> {
  // One drawing thread, started with the first tile: starting takes most of a second, and tests make hundreds of
  // applications.
  const configuration = parseConfiguration({
    TWF_V3_DATA_ROOT: dataRoot,
    TWF_V3_DRAW_THREADS: "1",
    ...environment,
  });
  let aheadMs = 0;
  const polls = new ManualPolls();
  const time = { now: () => Date.now() + aheadMs, pollTimer: polls.timer };
  const context = await makeContext(configuration, getLogger("test"), time);
  const handler = makeHandler(context);
  const passSecond = () => void (aheadMs += 1000);
  const prefetched = async () => await context.prefetch?.settled();
  const dispose = () => {
    const closed = context.watcher.close();
    context.frames.close();
    context.pool[Symbol.dispose]();
    return closed;
  };
  return {
    watcher: context.watcher,
    get: (path, headers = {}) => handler(new Request(`http://localhost${path}`, { headers })),
    fetch: handler,
    passSecond,
    poll: () => {
      passSecond();
      return polls.run();
    },
    prefetched,
    [Symbol.dispose]: () => void dispose(),
    // If an event stream was open, a check of the catalogue may still be running.
    [Symbol.asyncDispose]: async () => {
      await prefetched(); // or a test would end while files are read
      await dispose();
    },
  };
}
