import assert from "node:assert/strict";
import { FakeEventSource } from "../tests/support/fake_event_source.ts";
import { replaceGlobals } from "../tests/support/replace_globals.ts";
import type { FromEventWorker, ToEventWorker } from "./viewer/requests/event_stream.ts";

interface Port {
  readonly told: FromEventWorker[];
  readonly ask: (kind: ToEventWorker["kind"]) => void;
}

interface EventWorker extends Disposable {
  /** Opens a window. */
  readonly connect: () => Port;
  /** Streams that the worker opened. */
  readonly opened: readonly FakeEventSource[];
}

/** Loads the worker as a browser does. Its windows leave at the end of the test. */
async function eventWorker(): Promise<EventWorker> {
  using stack = new DisposableStack();
  FakeEventSource.opened.length = 0;
  stack.use(replaceGlobals({ EventSource: FakeEventSource }));
  await import("./event_worker.ts");
  const { onconnect } = globalThis as unknown as { onconnect: (event: { ports: unknown[] }) => void };
  const connect = () => {
    const told: FromEventWorker[] = [];
    const port = { postMessage: (message: FromEventWorker) => told.push(message), onmessage: (_: unknown) => {} };
    onconnect({ ports: [port] });
    const ask = (kind: ToEventWorker["kind"]) => port.onmessage({ data: { kind, url: "/events", names: ["run"] } });
    windows.defer(() => ask("leave"));
    return { told, ask };
  };
  const windows = stack.move();
  return { connect, opened: FakeEventSource.opened, [Symbol.dispose]: () => windows.dispose() };
}

Deno.test("the event worker opens one stream for all windows, and tells each of them its events", async () => {
  using setting = await eventWorker();
  const { connect, opened } = setting;
  const [first, second] = [connect(), connect()];
  first.ask("listen");
  second.ask("listen");
  assert.equal(opened.length, 1);
  opened[0]!.open();
  opened[0]!.send("run", "1");
  opened[0]!.break();
  const told: FromEventWorker[] = [
    { kind: "state", isOpen: true },
    { kind: "event", name: "run", data: "1" },
    { kind: "state", isOpen: false },
  ];
  assert.deepEqual([first.told, second.told], [told, told]);
});

Deno.test("the event worker tells a later window at once that the stream is open", async () => {
  using setting = await eventWorker();
  const { connect, opened } = setting;
  connect().ask("listen");
  opened[0]!.open();
  const later = connect();
  later.ask("listen");
  assert.deepEqual(later.told, [{ kind: "state", isOpen: true }]);
});

Deno.test("the event worker closes the stream when the last window has left, and tells nothing to those that left", async () => {
  using setting = await eventWorker();
  const { connect, opened } = setting;
  const [first, second] = [connect(), connect()];
  first.ask("listen");
  second.ask("listen");
  first.ask("leave");
  opened[0]!.open();
  assert.deepEqual([opened[0]!.readyState, first.told], [FakeEventSource.OPEN, []]);
  second.ask("leave");
  assert.equal(opened[0]!.readyState, 2);
});

Deno.test("the event worker replaces the stream when a window asks again", async () => {
  using setting = await eventWorker();
  const { connect, opened } = setting;
  const page = connect();
  page.ask("listen");
  page.ask("again");
  assert.deepEqual(opened.map(({ readyState }) => readyState), [2, 0]);
});
