import { Hono } from "hono";
import { EVENTS_URL } from "../contract/urls.ts";
import { NEVER } from "../server/http/cache_control.ts";
import { problem } from "../server/http/problem.ts";
import type { Connection } from "./client.ts";
import type { SentEvent } from "../server/catalogue_watcher.ts";
import type { ServerContext } from "./context.ts";

/** Limit on open streams of all clients together: each is a socket and a timer. */
const MAX_STREAMS = 500;
/**
 * Limit on one client's streams: a browser has one for all its windows, and an office many browsers behind one address.
 */
const MAX_STREAMS_PER_CLIENT = 50;
/**
 * Events that may wait for a client. A client that falls further behind is cut off, and reads the state again later.
 */
const MAX_WAITING = 100;
/** Time between two comments, which keep proxies from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000;
/** Time that a browser waits before it opens a stream again. */
const RETRY_MS = 3000;

/** Route of the catalogue's events as server-sent events: new runs, new frames, another latest run. */
export function eventRoutes({ watcher, proxies }: ServerContext): Hono {
  const routes = new Hono();
  /** Number of open streams by client. */
  const open = new Map<string, number>();

  routes.get(EVENTS_URL, (c) => {
    const headers = { "content-type": "text/event-stream", "cache-control": NEVER, "x-accel-buffering": "no" };
    // Without a reader, the end of a stream would never be reported.
    if (c.req.method === "HEAD") return new Response(null, { headers });
    if (watcher.streams >= MAX_STREAMS) {
      return problem(503, `${MAX_STREAMS} event streams are open: poll the manifest instead`, {}, {
        "retry-after": "30",
      });
    }
    const client = proxies.clientOf(c.req.raw, c.env as Connection | undefined);
    const own = open.get(client) ?? 0;
    if (own >= MAX_STREAMS_PER_CLIENT) {
      return problem(429, `A client may have at most ${MAX_STREAMS_PER_CLIENT} event streams open`, {}, {
        "retry-after": "30",
      });
    }
    open.set(client, own + 1);
    const encoder = new TextEncoder();
    let stop = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (text: string) => {
          if (controller.desiredSize! < -MAX_WAITING) {
            stop();
            controller.error(new Error("the client does not read its events"));
          } else controller.enqueue(encoder.encode(text));
        };
        const sendEvent = ({ id, event: { name, data } }: SentEvent) =>
          send(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
        send(`retry: ${RETRY_MS}\n\n`);
        // A browser that reconnects sends the id of the last event that it received.
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
