import assert from "node:assert/strict";
import { settle } from "../../../tests/support/fake_clock.ts";
import { TileError, TileStore } from "./tile_store.ts";

const MIB = 1024 * 1024;

/** Requests that wait for the test to answer them. */
class Requests {
  readonly all: { readonly url: string; readonly priority: string | undefined }[] = [];
  readonly #open = new Map<string, PromiseWithResolvers<Response>>();

  get urls(): string[] {
    return this.all.map(({ url }) => url);
  }

  get openUrls(): string[] {
    return [...this.#open.keys()];
  }

  readonly fetch = (url: string, init?: RequestInit): Promise<Response> => {
    assert.ok(!this.#open.has(url), `${url} was asked for twice at once`);
    const open = Promise.withResolvers<Response>();
    this.#open.set(url, open);
    this.all.push({ url, priority: init?.priority });
    return open.promise;
  };

  async answer(url: string, response: Response): Promise<void> {
    this.#take(url).resolve(response);
    await settle();
  }

  async fail(url: string, error: Error): Promise<void> {
    this.#take(url).reject(error);
    await settle();
  }

  #take(url: string): PromiseWithResolvers<Response> {
    const open = this.#open.get(url);
    assert.ok(open, `${url} was not asked for`);
    this.#open.delete(url);
    return open;
  }
}

/** Returns an answer whose body is there at once: no test waits for a moment that may be too short. */
const answerOf = (bytes: Uint8Array<ArrayBuffer>) =>
  Object.assign(new Response(), { arrayBuffer: () => Promise.resolve(bytes.buffer) });
const tile = (text: string) => answerOf(new TextEncoder().encode(text));
const nothing = () => new Response(null, { status: 204 });
const textOf = (bytes: ArrayBuffer) => new TextDecoder().decode(bytes);

function storeTest(name: string, test: (store: TileStore, requests: Requests) => Promise<void>): void {
  Deno.test(`TileStore ${name}`, async () => {
    const requests = new Requests();
    const realFetch = globalThis.fetch;
    globalThis.fetch = requests.fetch as typeof fetch;
    try {
      await test(new TileStore(), requests);
    } finally {
      globalThis.fetch = realFetch;
    }
  });
}

storeTest("requests a tile once", async (store, requests) => {
  const first = store.get("a");
  assert.equal(store.has("a"), false);
  await requests.answer("a", tile("A"));
  assert.equal(textOf(await first), "A");
  assert.equal(store.has("a"), true);
  assert.equal(textOf(await store.get("a")), "A");
  assert.deepEqual(requests.all, [{ url: "a", priority: "auto" }]);
});

storeTest("requests a tile once when two callers want it", async (store, requests) => {
  const both = Promise.all([store.get("a"), store.get("a")]);
  await requests.answer("a", tile("A"));
  assert.deepEqual((await both).map(textOf), ["A", "A"]);
  assert.deepEqual(requests.urls, ["a"]);
});

storeTest("never requests an empty tile again", async (store, requests) => {
  const first = store.get("a");
  await requests.answer("a", nothing());
  assert.equal((await first).byteLength, 0);
  assert.equal(store.has("a"), true);
  assert.equal((await store.get("a")).byteLength, 0);
  store.prefetch(["a"]);
  assert.deepEqual(requests.urls, ["a"]);
});

storeTest("reports an error to all waiting callers, and does not remember it", async (store, requests) => {
  const failed = Promise.allSettled([store.get("a"), store.get("a")]);
  await requests.answer("a", new Response("busy", { status: 503 }));
  for (const outcome of await failed) {
    assert.ok(outcome.status === "rejected" && outcome.reason instanceof TileError);
    assert.equal(outcome.reason.status, 503);
    assert.equal(outcome.reason.message, "/a answered 503");
  }
  assert.equal(store.has("a"), false);
  const offline = assert.rejects(store.get("a"), /no network/);
  await requests.fail("a", new TypeError("no network"));
  await offline;
  const again = store.get("a");
  await requests.answer("a", tile("A"));
  assert.equal(textOf(await again), "A");
  assert.deepEqual(requests.urls, ["a", "a", "a"]);
});

storeTest("calls its listeners for every tile that arrives, once it is stored", async (store, requests) => {
  const seen: boolean[] = [];
  const stop = store.listen(() => seen.push(store.has("a")));
  void store.get("a");
  await requests.answer("a", nothing());
  assert.deepEqual(seen, [true]);
  await store.get("a");
  stop();
  void store.get("b");
  await requests.answer("b", tile("B"));
  assert.deepEqual(seen, [true]);
});

storeTest("prefetches in order, four at a time, behind requested tiles", async (store, requests) => {
  store.prefetch(["a", "b", "c", "d", "e", "f"]);
  assert.deepEqual(requests.openUrls, ["a", "b", "c", "d"]);
  assert.ok(requests.all.every(({ priority }) => priority === "low"));
  await requests.answer("c", tile("C"));
  assert.deepEqual(requests.openUrls, ["a", "b", "d", "e"]);
  for (const url of ["a", "b", "d", "e"]) await requests.answer(url, tile(url));
  await requests.answer("f", nothing());
  assert.deepEqual(requests.urls, ["a", "b", "c", "d", "e", "f"]);
  assert.ok(requests.urls.every((url) => store.has(url)));
  store.prefetch(["g"]);
  assert.deepEqual(requests.openUrls, ["g"], "it works again after it came to an end");
  await requests.answer("g", nothing());
});

storeTest("prefetches the last list instead of the one before", async (store, requests) => {
  store.prefetch(["a", "b", "c", "d", "e", "f"]);
  store.prefetch(["x", "a", "y"]);
  assert.deepEqual(requests.openUrls, ["a", "b", "c", "d"], "what is under way goes on, and nothing beside it");
  for (const url of ["a", "b", "c", "d"]) await requests.answer(url, tile(url));
  assert.deepEqual(requests.openUrls, ["x", "y"]);
  store.prefetch([]);
  for (const url of ["x", "y"]) await requests.answer(url, tile(url));
  assert.deepEqual(requests.openUrls, []);
});

storeTest("shares a prefetch with callers who request the tile", async (store, requests) => {
  store.prefetch(["a", "b", "c", "d", "e"]);
  const [a, e] = [store.get("a"), store.get("e")];
  assert.deepEqual(requests.openUrls, ["a", "b", "c", "d", "e"], "what somebody waits for does not stand in line");
  assert.equal(requests.all.at(-1)!.priority, "auto");
  await requests.answer("a", tile("A")); // now e is due to be prefetched, and is pending already
  await requests.answer("e", tile("E"));
  assert.deepEqual([textOf(await a), textOf(await e)], ["A", "E"]);
  for (const url of ["b", "c", "d"]) await requests.answer(url, nothing());
  assert.equal(requests.urls.length, 5);
});

storeTest("continues with the others when one tile fails", async (store, requests) => {
  store.prefetch(["a", "b", "c", "d", "e", "f"]);
  await requests.answer("a", new Response(null, { status: 500 }));
  assert.deepEqual(requests.openUrls, ["b", "c", "d", "e"]);
  for (const url of ["b", "c", "d", "e", "f"]) await requests.answer(url, tile(url));
  assert.ok(store.has("f"));
});

storeTest("prefetches nothing more without a network", async (store, requests) => {
  store.prefetch(["a", "b", "c", "d", "e", "f"]);
  await requests.fail("a", new TypeError("no network"));
  for (const url of ["b", "c", "d"]) await requests.answer(url, tile(url));
  assert.deepEqual(requests.openUrls, []);
  store.prefetch(["a", "f"]);
  assert.deepEqual(requests.openUrls, ["a", "f"], "until the next time");
  for (const url of ["a", "f"]) await requests.answer(url, tile(url));
});

storeTest("prefetches the last list after an error of the one before", async (store, requests) => {
  store.prefetch(["a", "b", "c", "d", "e"]);
  store.prefetch(["u", "v", "w", "x", "y"]);
  for (const url of ["a", "b", "c", "d"]) await requests.answer(url, new Response(null, { status: 404 }));
  assert.deepEqual(requests.openUrls, ["u", "v", "w", "x"]);
  for (const url of ["u", "v", "w", "x", "y"]) await requests.answer(url, tile(url));
  assert.ok(["u", "v", "w", "x", "y"].every((url) => store.has(url)));
});

storeTest("keeps 96 MiB, and drops the least recently used tile first", async (store, requests) => {
  const load = async (url: string) => {
    const loading = store.get(url);
    await requests.answer(url, answerOf(new Uint8Array(16 * MIB)));
    await loading;
  };
  for (const url of ["a", "b", "c", "d", "e"]) await load(url);
  assert.ok(["a", "b", "c", "d", "e"].every((url) => store.has(url)));
  await store.get("a");
  await load("f"); // six tiles of 16 MiB are 96 MiB, and their entries exceed the limit
  assert.deepEqual(["a", "b", "c", "d", "e", "f"].filter((url) => !store.has(url)), ["b"]);
});
