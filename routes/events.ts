import { Hono } from "hono";
import { EVENTS_URL } from "../contract/urls.ts";
import { NEVER } from "../server/http/cache_control.ts";
import { problem } from "../server/http/problem.ts";
import type { Connection } from "./client.ts";
import type { SentEvent } from "../server/catalogue_watcher.ts";
import type { ServerContext } from "./context.ts";

/** Open streams, all clients together: each is a socket and a timer. */
const MAX_STREAMS = 500;
/** Of one client: a browser has one for all its windows, and an office has many browsers behind one address. */
const MAX_STREAMS_PER_CLIENT = 50;
/** News that a client has not taken yet. One that sleeps longer is cut off: he asks for the state when he is back. */
const MAX_WAITING = 100;
/** A comment now and then, so that proxies do not take a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** What a browser waits before it opens a stream again. */
const RETRY_MS = 3000;

/** News of the catalogue as server-sent events: new runs, new frames, another latest run. */
export function eventRoutes({ watcher, proxies }: ServerContext): Hono {
  const routes = new Hono();
  /** Open streams by client. */
  const open = new Map<string, number>();

  routes.get(EVENTS_URL, (c) => {
    const headers = { "content-type": "text/event-stream", "cache-control": NEVER, "x-accel-buffering": "no" };
    // Of a stream that nobody reads nobody would say that it has ended.
    if (c.req.method === "HEAD") return new Response(null, { headers });
    if (watcher.streams >= MAX_STREAMS) {
      return problem(503, `${MAX_STREAMS} streams are open: ask for the manifest instead`, {}, { "retry-after": "30" });
    }
    const client = proxies.clientOf(c.req.raw, c.env as Connection | undefined);
    const own = open.get(client) ?? 0;
    if (own >= MAX_STREAMS_PER_CLIENT) {
      return problem(429, `A client may have ${MAX_STREAMS_PER_CLIENT} streams open`, {}, { "retry-after": "30" });
    }
    open.set(client, own + 1);
    const encoder = new TextEncoder();
    let stop = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (text: string) => {
          if (controller.desiredSize! < -MAX_WAITING) {
            stop();
            controller.error(new Error("the client takes no news"));
          } else controller.enqueue(encoder.encode(text));
        };
        const sendEvent = ({ id, event: { name, data } }: SentEvent) =>
          send(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
        send(`retry: ${RETRY_MS}\n\n`);
        // A browser says by itself, when it comes back, what it was told last.
        const last = c.req.header("last-event-id");
        const missed = last === undefined ? [] : watcher.eventsSince(last);
        if (missed === null) sendEvent({ id: watcher.lastId, event: { name: "missed", data: {} } });
        else if (missed.length > 0) missed.forEach(sendEvent);
        else send(`id: ${watcher.lastId}\n\n`);
        const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
        const unlisten = watcher.listen({
          isStream: true,
          onEvent: sendEvent,
          onClose: () => {
            stop();
            controller.close();
          },
        });
        stop = () => {
          stop = () => {};
          clearInterval(heartbeat);
          unlisten();
          const left = open.get(client)! - 1;
          if (left > 0) open.set(client, left);
          else open.delete(client);
        };
      },
      cancel: () => stop(),
    });
    return new Response(body, { headers });
  });

  return routes;
}
