import { hostInUrl } from "../contract/authority.ts";
import { ConfigurationError, parseConfiguration, shownSettings } from "../contract/environment.ts";
import { PAGE_URL } from "../contract/urls.ts";
import { makeLog } from "../server/log.ts";
import { prefetchLatestRuns } from "../server/tile/prefetch_latest.ts";
import { makeHandler } from "./handler.ts";
import { CannotListenError, listenOrExplain } from "./listen.ts";
import { makeContext, PageNotBuiltError } from "./make_context.ts";

/** Time in which pending answers may finish at the end; a service manager kills after 15 s. */
const STOP_MS = 5_000;
const LISTEN_AGAIN_MS = 1000;

/** Runs the server process: `deno task serve`. */
async function main(): Promise<void> {
  const configuration = parseConfiguration(Deno.env.toObject());
  const log = await makeLog(configuration);
  log.info("started", { deno: Deno.version.deno, v8: Deno.version.v8, settings: shownSettings(Deno.env.toObject()) });
  const context = await makeContext(configuration, log);
  const handler = makeHandler(context);

  const zooms = configuration.prefetch.warmZooms;
  if (zooms > 0) {
    const { tiles, catalogue, watcher } = context;
    prefetchLatestRuns(tiles, catalogue, watcher, log, { zooms, sizePx: configuration.tileSizePx });
  }

  const abort = new AbortController();
  const listen = () =>
    Deno.serve({
      signal: abort.signal,
      hostname: configuration.host,
      port: configuration.port,
      onListen: ({ hostname, port }) =>
        log.info("listening", {
          url: `http://${hostInUrl(hostname)}:${port}${PAGE_URL}`,
          dataRoot: configuration.roots.data,
        }),
    }, handler);
  // The threads start before any connection: Deno ends the process when a Worker finds no free file descriptor.
  await context.pool.start();
  let server = listenOrExplain(listen, configuration);
  let isStopping = false;
  const stop = () => {
    isStopping = true;
    void context.watcher.close(); // or open streams would keep the server from ending
    void server.shutdown();
    // The server does not wait for a request whose client never finishes sending.
    Deno.unrefTimer(setTimeout(() => abort.abort(), STOP_MS));
  };
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
  for (;;) {
    try {
      await server.finished;
      break;
    } catch (error) {
      // For example no file descriptor was left for another connection: once open connections end, there are some
      // again.
      if (isStopping) break;
      log.error("listening ended", { error: String(error) });
      await new Promise((wake) => setTimeout(wake, LISTEN_AGAIN_MS));
      server = listen();
    }
  }
  Deno.removeSignalListener("SIGTERM", stop);
  Deno.removeSignalListener("SIGINT", stop);
  context.frames.close();
  context.pool[Symbol.dispose]();
  await context.redis?.close();
}

/** Message for a problem that the operator can fix; null for a bug, which is reported with its stack. */
function startProblem(error: unknown): string | null {
  if (error instanceof ConfigurationError || error instanceof CannotListenError) return error.message;
  if (error instanceof PageNotBuiltError || error instanceof ArgumentError) return error.message;
  return null;
}

/** Error when the command is given arguments. */
class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** @throws ArgumentError: an option that is ignored would be taken for one that is in effect */
function requireNoArguments(args: readonly string[]): void {
  if (args.length === 0) return;
  throw new ArgumentError(
    `serve takes no arguments (given: ${args.join(" ")}). It is configured by environment variables such as ` +
      "TWF_V3_PORT and TWF_V3_DATA_ROOT: docs/OPERATIONS.md lists them",
  );
}

if (import.meta.main) {
  try {
    requireNoArguments(Deno.args);
    await main();
  } catch (error) {
    const problem = startProblem(error);
    if (problem === null) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`error: ${problem}\n`));
    Deno.exit(2);
  }
}
