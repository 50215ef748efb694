/// <reference lib="webworker" />
import type { FromEventWorker, ToEventWorker } from "./viewer/requests/event_stream.ts";

/**
 * The stream of events that all windows of a browser share: over HTTP/1.1 a browser opens no more than six connections
 * to a server, and a stream in each window would use them up.
 */

const scope = self as unknown as SharedWorkerGlobalScope;
const listeners = new Set<MessagePort>();
let source: EventSource | null = null;

scope.onconnect = ({ ports: [port] }: MessageEvent) => {
  port!.onmessage = ({ data }: MessageEvent<ToEventWorker>) => answer(port!, data);
};

function answer(port: MessagePort, { kind, url, names }: ToEventWorker): void {
  if (kind === "leave") listeners.delete(port);
  else listeners.add(port);
  if (listeners.size === 0 || kind === "again") {
    source?.close();
    source = null;
  }
  if (listeners.size === 0) return;
  if (source === null) source = open(url, names);
  else if (source.readyState === EventSource.OPEN) tell([port], { kind: "state", isOpen: true });
}

function open(url: string, names: readonly string[]): EventSource {
  const opened = new EventSource(url);
  opened.onopen = () => tell(listeners, { kind: "state", isOpen: true });
  opened.onerror = () => tell(listeners, { kind: "state", isOpen: false });
  for (const name of names) {
    opened.addEventListener(name, ({ data }: MessageEvent<string>) => tell(listeners, { kind: "event", name, data }));
  }
  return opened;
}

function tell(ports: Iterable<MessagePort>, message: FromEventWorker): void {
  for (const port of ports) port.postMessage(message);
}
