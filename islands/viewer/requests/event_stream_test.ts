import assert from "node:assert/strict";
import { FakeEventSource } from "../../../tests/support/fake_event_source.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import { EventStream, type FromEventWorker, type ToEventWorker } from "./event_stream.ts";

const URL = "http://localhost/api/v3/events";

/** Makes a stream, and a list of everything that it tells. */
function streamOf() {
  const told: string[] = [];
  const stream = new EventStream({
    url: URL,
    names: ["frames", "run"],
    workerUrl: "http://localhost/event-worker.js",
    onState: (isOpen) => told.push(isOpen ? "open" : "broken"),
    onEvent: (name, data) => told.push(`${name} ${data}`),
  });
  return { stream, told };
}

/** Makes the browser one without shared workers. */
function withoutSharedWorker(): Disposable {
  FakeEventSource.opened.length = 0;
  return replaceGlobals({ EventSource: FakeEventSource, SharedWorker: undefined });
}

Deno.test("EventStream passes on events and the stream's state, where no worker can be shared", () => {
  using _globals = withoutSharedWorker();
  const { stream, told } = streamOf();
  stream.listen();
  stream.listen();
  assert.deepEqual(FakeEventSource.opened.map(({ url }) => url), [URL], "it opens one stream");
  const source = FakeEventSource.opened[0]!;
  source.open();
  assert.equal(stream.isOpen, true);
  source.send("frames", "1");
  source.send("other", "2");
  source.break();
  assert.equal(stream.isOpen, false);
  assert.deepEqual(told, ["open", "frames 1", "broken"]);
});

Deno.test("EventStream.again() closes the stream and opens another; leave() only closes it", () => {
  using _globals = withoutSharedWorker();
  const { stream } = streamOf();
  stream.listen();
  FakeEventSource.opened[0]!.open();
  stream.again();
  assert.deepEqual(FakeEventSource.opened.map(({ readyState }) => readyState), [2, 0]);
  stream.leave();
  assert.deepEqual(FakeEventSource.opened.map(({ readyState }) => readyState), [2, 2]);
  assert.equal(stream.isOpen, false);
});

Deno.test("EventStream uses the shared worker where there is one", () => {
  const asked: ToEventWorker[] = [];
  const port = {
    postMessage: (message: ToEventWorker) => asked.push(message),
    onmessage: (_: { data: FromEventWorker }) => {},
  };
  const SharedWorker = function (url: string) {
    assert.equal(url, "http://localhost/event-worker.js");
    return { port };
  };
  using _globals = replaceGlobals({ SharedWorker });
  const { stream, told } = streamOf();
  stream.listen();
  port.onmessage({ data: { kind: "state", isOpen: true } });
  port.onmessage({ data: { kind: "event", name: "run", data: "1" } });
  assert.deepEqual(told, ["open", "run 1"]);
  stream.again();
  stream.leave();
  const names = ["frames", "run"];
  assert.deepEqual(asked, ["listen", "again", "leave"].map((kind) => ({ kind, url: URL, names })));
});
