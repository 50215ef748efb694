import assert from "node:assert/strict";
import { type CatalogueEvent, EVENT_SCHEMAS, type EventName } from "../contract/events.ts";
import { publishedRoot, publishHour, RUN, VARIABLE } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";
import { modelId, runId } from "./support/identity.ts";

/** Reads events off a stream as a browser would. */
class EventReader {
  /** Reader of the body itself: through another stream the server would learn late that the client has gone. */
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  /** The Last-Event-ID that a browser would send when it reconnects. */
  lastId = "";

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Returns the next event, checked against its schema; null at the end of the stream or after 20 s without one. */
  async next(): Promise<CatalogueEvent | null> {
    const late = setTimeout(() => void this.#reader.cancel(), 20_000);
    try {
      return await this.#read();
    } finally {
      clearTimeout(late);
    }
  }

  async #read(): Promise<CatalogueEvent | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        this.lastId = /^id: (.*)$/m.exec(block)?.[1] ?? this.lastId;
        const match = /^id: (.+)\nevent: ([a-z]+)\ndata: (.*)$/.exec(block);
        if (!match) continue; // a comment, the reconnection time, or the first id of the stream
        const name = match[2] as EventName;
        return { name, data: EVENT_SCHEMAS[name].parse(JSON.parse(match[3]!)) } as CatalogueEvent;
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

Deno.test("the event stream reports new frames, new runs and a new latest run, and ends with the server", async () => {
  await using root = await publishedRoot([0, 1]);
  const server = await testApp(root.dataRoot);
  const response = await server.get("/api/v3/events");
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const events = new EventReader(response.body!);
  await server.poll();

  await publishHour(root.dataRoot, RUN, 2);
  await server.poll();
  assert.deepEqual(await events.next(), {
    name: "frames",
    data: { model: "hrrr", run: RUN, var: VARIABLE, available_frames: 3, expected_frames: 49 },
  });
  assert.deepEqual(await events.next(), { name: "latest", data: { model: "hrrr", run: RUN } });

  const newer = runId("20260217_07z");
  await publishHour(root.dataRoot, newer, 0);
  await server.poll();
  assert.deepEqual(await events.next(), { name: "run", data: { model: "hrrr", run: newer } });
  const first = await events.next();
  assert.deepEqual([first!.name, first!.data.run], ["frames", newer]);

  server[Symbol.dispose]();
  assert.equal(await events.next(), null);
});

Deno.test("a closed stream is forgotten, and the catalogue is no longer polled for it", async () => {
  await using root = await publishedRoot([0]);
  await using server = await testApp(root.dataRoot);
  const streams = await Promise.all(Array.from({ length: 3 }, async () => (await server.get("/api/v3/events")).body!));
  await server.poll();
  assert.equal(server.watcher.streams, 3);
  await Promise.all(streams.map((stream) => new EventReader(stream).close()));
  assert.equal(server.watcher.streams, 0);
  await assert.rejects(server.poll(), /No poll is scheduled/);
  // The heartbeat of a stream that is not forgotten would be a leak, and that fails the test.
});

Deno.test("a client that reconnects gets the missed events by its last id, or `missed` for an unknown id", async () => {
  await using root = await publishedRoot([0]);
  await using server = await testApp(root.dataRoot);
  const open = async (lastId?: string) =>
    new EventReader(
      (await server.get("/api/v3/events", lastId === undefined ? {} : { "last-event-id": lastId })).body!,
    );
  const first = await open();
  await server.poll();
  await publishHour(root.dataRoot, RUN, 1);
  await server.poll();
  assert.equal((await first.next())!.name, "frames");
  const { lastId } = first;
  assert.match(lastId, /^[0-9a-f]{8}-1$/);
  await first.close(); // no client listens now
  await publishHour(root.dataRoot, RUN, 2);

  const back = await open(lastId);
  await server.poll();
  const missed = await back.next();
  assert.deepEqual([missed!.name, (missed as CatalogueEvent & { name: "frames" }).data.available_frames], [
    "frames",
    3,
  ]);
  assert.equal((await back.next())!.name, "latest");
  const again = await open(lastId); // a second client gets the same events from the server's memory
  assert.deepEqual([(await again.next())!.name, (await again.next())!.name], ["frames", "latest"]);
  assert.equal(again.lastId, back.lastId);
  for (const unknown of ["01234567-1", `${lastId.slice(0, 8)}-999`, "x", "", "-1"]) {
    const other = await open(unknown);
    assert.deepEqual(await other.next(), { name: "missed", data: {} }, unknown);
    assert.equal(other.lastId, back.lastId);
    await other.close();
  }
  await again.close();
  await back.close();
});

Deno.test("HEAD opens no event stream, because no client would close it", async () => {
  await using root = await publishedRoot([0]);
  await using server = await testApp(root.dataRoot);
  const response = await server.fetch(new Request("http://localhost/api/v3/events", { method: "HEAD" }));
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.deepEqual([response.status, server.watcher.streams], [200, 0]);
});

Deno.test("a client that reads nothing is disconnected, and its events are not buffered without a bound", async () => {
  await using root = await publishedRoot([0]);
  await using server = await testApp(root.dataRoot);
  const body = (await server.get("/api/v3/events")).body!;
  for (let i = 0; i < 200; i++) {
    server.watcher.announce({ name: "latest", data: { model: modelId("hrrr"), run: RUN } });
  }
  assert.equal(server.watcher.streams, 0);
  await assert.rejects(new Response(body).text());
});
