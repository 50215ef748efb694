import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { eventually } from "../../tests/support/eventually.ts";
import { keptLog } from "../../tests/support/kept_log.ts";
import { RedisServer } from "../../tests/support/redis_server.ts";
import type { Log } from "../log.ts";
import { encodePalettePng } from "./png.ts";
import { RedisTiles } from "./redis_tiles.ts";

const KEY = "0123456789abcdef0123-512-5-7-12";
const STORED = `twf3:tile:1:${KEY}`;
const PNG = encodePalettePng(1, 1, Uint8Array.of(0, 0), Uint32Array.of(0xff00ff00));
/** Time limit for tests of the content of Redis's answers, not of their speed. */
const PATIENT_MS = 10_000;

Deno.test("RedisTiles keeps tiles for a while, and all processes see them", async () => {
  await using redis = await RedisServer.start();
  const { log } = keptLog();
  await using one = closing(await connected(redis.url, log, PATIENT_MS));
  await using other = closing(await connected(redis.url, log, PATIENT_MS));
  assert.equal(await one.tiles.get(KEY, 1), null);
  one.tiles.set(KEY, PNG);
  await eventually(async () => await redis.command("EXISTS", STORED) === "1");
  const found = await other.tiles.get(KEY, 1);
  assert.deepEqual(found, PNG);
  assert.equal(found!.buffer.byteLength, PNG.byteLength); // a copy, not a view of the data that the socket read
  const ttlS = Number(await redis.command("TTL", STORED));
  assert.ok(ttlS > 5 * 3600 && ttlS <= 6 * 3600, `${ttlS} s`);
  assert.deepEqual(counts(one.tiles), { hits: 0, misses: 2, failures: 0, droppedWrites: 0, isOpen: false });
  assert.deepEqual(counts(other.tiles), { hits: 1, misses: 1, failures: 0, droppedWrites: 0, isOpen: false });
});

Deno.test("RedisTiles rejects stored values that are not a tile", async () => {
  await using redis = await RedisServer.start();
  const { log } = keptLog();
  await using open = closing(await connected(redis.url, log, PATIENT_MS));
  const { tiles } = open;
  await redis.command("SET", STORED, "<html>");
  assert.equal(await tiles.get(KEY, 1), null);
  await redis.command("DEL", STORED);
  await redis.command("RPUSH", STORED, "a list");
  assert.equal(await tiles.get(KEY, 1), null);
  await redis.command("DEL", STORED);
  const signature = String.raw`"\137PNG\r\n\26\n"`;
  await redis.command("EVAL", `redis.call("SET", KEYS[1], ${signature} .. string.rep("x", 4194304))`, "1", STORED);
  assert.equal(await redis.command("STRLEN", STORED), "4194312");
  assert.ok(await tiles.get(KEY, 1) === null);
  assert.deepEqual(counts(tiles), { hits: 0, misses: 1, failures: 3, droppedWrites: 0, isOpen: false });
  tiles.set("large", new Uint8Array(4 * 1024 * 1024 + 1));
  assert.equal(tiles.droppedWrites, 1);
  tiles.set(KEY, PNG); // a drawn tile replaces a wrong value
  await eventually(async () => await redis.command("STRLEN", STORED) === String(PNG.byteLength));
  assert.deepEqual(await tiles.get(KEY, 1), PNG);
});

Deno.test("RedisTiles accepts only a complete tile of the requested size", async () => {
  await using redis = await RedisServer.start();
  const { log } = keptLog();
  await using open = closing(await connected(redis.url, log, PATIENT_MS));
  const { tiles } = open;
  const other = encodePalettePng(2, 1, Uint8Array.of(0, 0, 0), Uint32Array.of(0xff00ff00));
  const without = Uint8Array.from([...PNG.subarray(0, 8 + 25), ...PNG.subarray(-12)]);
  const wrong: [bytes: Uint8Array, why: string][] = [
    [PNG.subarray(0, -1), "cut short"],
    [PNG.subarray(0, -12), "without its end"],
    [PNG.subarray(0, 20), "not even a header"],
    [Uint8Array.from([...PNG, 0]), "something after its end"],
    [PNG.map((byte, i) => i === PNG.length - 20 ? byte ^ 1 : byte), "a flipped bit in its pixels"],
    [PNG.map((byte, i) => i === 19 ? 2 : byte), "another size than its header was made for"],
    [other, "a whole one of another size"],
    [without, "no pixels"],
    [PNG.map((byte, i) => i >= 8 && i < 12 ? 0xff : byte), "a chunk of 4 GB"],
  ];
  tiles.set(KEY, PNG);
  await eventually(async () => await redis.command("EXISTS", STORED) === "1");
  for (const [i, [bytes, why]] of wrong.entries()) {
    const escaped = [...bytes].map((byte) => `\\${String(byte).padStart(3, "0")}`).join("");
    await redis.command("EVAL", `redis.call("SET", KEYS[1], "${escaped}")`, "1", `twf3:tile:1:wrong${i}`);
    assert.equal(await redis.command("STRLEN", `twf3:tile:1:wrong${i}`), String(bytes.length));
    assert.equal(await tiles.get(`wrong${i}`, 1), null, why);
    assert.equal(tiles.failures, i + 1, why);
    assert.deepEqual(await tiles.get(KEY, 1), PNG); // several failures in a row would open the breaker
  }
});

Deno.test("RedisTiles gives up a connection on which an answer has no end, and keeps nothing of it", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endless = new Uint8Array(64 * 1024);
  const isOver: Promise<void>[] = [];
  let sentBytes = 0;
  void (async () => {
    for await (const socket of listener) {
      isOver.push(
        (async () => {
          const answer = (text: string) => socket.write(new TextEncoder().encode(text));
          const buffer = new Uint8Array(65_536);
          for (;;) {
            const length = await socket.read(buffer).catch(() => null);
            if (length === null) return socket.close();
            const asked = new TextDecoder().decode(buffer.subarray(0, length));
            if (!asked.includes("GETRANGE")) {
              await answer("+OK\r\n".repeat(asked.match(/\*[0-9]+\r\n/g)?.length ?? 1));
              continue;
            }
            await answer("$2000000000\r\n");
            // The answer goes on slowly and forever: the connection is never silent.
            while (await socket.write(endless).then((count) => sentBytes += count, () => 0)) {
              await new Promise((wake) => setTimeout(wake, 50));
            }
            return socket.close();
          }
        })(),
      );
    }
  })();
  const { port } = listener.addr;
  const { log, messages } = keptLog();
  const tiles = RedisTiles.connect(`redis://127.0.0.1:${port}`, log);
  await eventually(async () => {
    await tiles.get(KEY, 1);
    return sentBytes > 0;
  });
  await Promise.race(isOver.slice(0, 1));
  assert.ok(sentBytes < 50 * endless.length, `${sentBytes} bytes`);
  assert.equal(tiles.hits, 0);
  assert.ok(tiles.isOpen);
  assert.ok(messages().some((message) => /not used for now/.test(message)), messages().join("\n"));
  await tiles.close();
  listener.close();
  await Promise.all(isOver);
});

Deno.test("RedisTiles reads an answer that arrived while drawing blocked the process", async () => {
  await using redis = await RedisServer.start();
  await using open = closing(await connected(redis.url, keptLog().log));
  const { tiles } = open;
  tiles.set(KEY, PNG);
  await eventually(async () => await redis.command("EXISTS", STORED) === "1");
  await eventually(async () => {
    const asked = tiles.get(KEY, 1);
    await new Promise((sent) => setImmediate(sent)); // the moment at which the client writes
    const end = performance.now() + 100;
    while (performance.now() < end);
    return await asked !== null;
  });
});

Deno.test("RedisTiles works without a Redis that goes away, and uses it again when it is back", async () => {
  await using redis = await RedisServer.start();
  const { log, messages } = keptLog();
  await using open = closing(await connected(redis.url, log));
  const { tiles } = open;
  await redis.stop();
  await eventually(() => tiles.isOpen);
  const asked = tiles.misses + tiles.failures;
  for (let i = 0; i < 100; i++) {
    assert.equal(await tiles.get(KEY, 1), null);
    tiles.set(KEY, PNG);
  }
  assert.equal(tiles.droppedWrites, 100);
  assert.equal(tiles.misses + tiles.failures, asked);
  await redis.start();
  await eventually(async () => {
    await tiles.get(KEY, 1);
    return !tiles.isOpen;
  });
  tiles.set(KEY, PNG);
  await eventually(async () => await tiles.get(KEY, 1) !== null);
  assert.deepEqual(messages(), ["warning: tiles in Redis are not used for now", "info: tiles in Redis are used again"]);
});

Deno.test("RedisTiles works without a Redis that stalls, and uses it again when it goes on", async () => {
  await using redis = await RedisServer.start();
  const { log, messages } = keptLog();
  await using open = closing(await connected(redis.url, log));
  const { tiles } = open;
  tiles.set(KEY, PNG);
  await eventually(async () => await tiles.get(KEY, 1) !== null);
  const before = tiles.failures;
  redis.pause();
  for (let i = 0; i < 70; i++) tiles.set(`${KEY}${i}`, PNG);
  assert.equal(tiles.droppedWrites, 6); // 64 may be pending
  for (let i = 0; i < 5; i++) assert.equal(await tiles.get(KEY, 1), null);
  assert.equal(tiles.isOpen, true);
  assert.equal(tiles.failures, before + 5);
  // While the breaker is open nothing waits for Redis: the answer is there before any timer.
  let isLater = false;
  const later = setTimeout(() => isLater = true, 0);
  for (let i = 0; i < 1000; i++) assert.equal(await tiles.get(KEY, 1), null);
  assert.equal(isLater, false);
  clearTimeout(later);
  assert.equal(tiles.failures, before + 5);
  // The silent connection is given up, and with it the pending writes.
  await eventually(() => tiles.failures === before + 5 + 64);
  redis.resume();
  await eventually(async () => await tiles.get(KEY, 1) !== null);
  assert.equal(tiles.isOpen, false);
  assert.deepEqual(messages(), ["warning: tiles in Redis are not used for now", "info: tiles in Redis are used again"]);
});

Deno.test("RedisTiles reports once why a Redis cannot be used, without the password", async () => {
  await using redis = await RedisServer.start("--requirepass", "right");
  const nobody = new URL(redis.url).host.replace(/\d+$/, "1");
  for (
    const [url, reason] of [
      [`redis://:hunter2@127.0.0.1:${redis.port}`, /WRONGPASS/],
      [redis.url, /NOAUTH/],
      [`redis://:hunter2@${nobody}`, /ECONNREFUSED/],
      ["redis://:hunter2@no-such-host.invalid", /no-such-host/],
      [`redis://:hunter2@127.0.0.1:${redis.port}/notanumber`, /expected redis:\/\//],
      ["http://:hunter2@127.0.0.1", /expected redis:\/\//],
      ["hunter2", /expected redis:\/\//],
    ] as const
  ) {
    const { log, records } = keptLog();
    await using open = closing(RedisTiles.connect(url, log));
    await eventually(() => open.tiles.isOpen);
    await new Promise((wake) => setTimeout(wake, 400)); // time for further attempts
    assert.equal(await open.tiles.get(KEY, 1), null);
    open.tiles.set(KEY, PNG);
    assert.equal(records.length, 1, url);
    assert.match(String(records[0]!.properties["reason"]), reason);
    assert.doesNotMatch(JSON.stringify(records), /hunter2/);
  }
  await using right = closing(await connected(`redis://:right@127.0.0.1:${redis.port}/2`, keptLog().log));
  assert.equal(right.tiles.isOpen, false);
});

Deno.test("RedisTiles uses TLS for rediss://", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { log } = keptLog();
  await using _open = closing(RedisTiles.connect(`rediss://127.0.0.1:${listener.addr.port}`, log));
  using connection = await listener.accept();
  const bytes = new Uint8Array(1);
  await connection.read(bytes);
  assert.equal(bytes[0], 0x16); // a TLS record of the handshake
});

Deno.test("RedisTiles can be closed while it connects, and twice", async () => {
  await using redis = await RedisServer.start();
  const { log, records } = keptLog();
  const tiles = RedisTiles.connect(redis.url, log);
  assert.equal(await tiles.get(KEY, 1), null);
  await tiles.close();
  assert.equal((await redis.command("CLIENT", "LIST")).split("\n").length, 1); // redis-cli itself
  await tiles.close();
  assert.equal(await tiles.get(KEY, 1), null);
  assert.equal(records.length, 0);
});

Deno.test("RedisTiles logs nothing about requests that its own end interrupts", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { log, records } = keptLog();
  const tiles = RedisTiles.connect(`redis://127.0.0.1:${listener.addr.port}`, log);
  using connection = await listener.accept();
  // A Redis that confirms a client's first commands, and does not answer its first ping.
  const bytes = new Uint8Array(4096);
  for (;;) {
    const count = await connection.read(bytes);
    const commands = new TextDecoder().decode(bytes.subarray(0, count ?? 0)).split("*").slice(1);
    if (commands.some((command) => command.includes("PING"))) break;
    await connection.write(new TextEncoder().encode("+OK\r\n".repeat(commands.length)));
  }
  tiles.set(KEY, PNG);
  await tiles.close();
  await new Promise((wake) => setTimeout(wake, 0));
  assert.equal(tiles.failures, 0);
  assert.equal(tiles.isOpen, false);
  assert.equal(records.length, 0);
});

/** Tiles with an established connection; they have had one miss. */
async function connected(url: string, log: Log, getTimeoutMs?: number): Promise<RedisTiles> {
  const tiles = RedisTiles.connect(url, log, getTimeoutMs);
  await eventually(async () => {
    await tiles.get("probe of the test", 1);
    return tiles.misses > 0;
  });
  return tiles;
}

function closing(tiles: RedisTiles): AsyncDisposable & { tiles: RedisTiles } {
  return { tiles, [Symbol.asyncDispose]: () => tiles.close() };
}

function counts({ hits, misses, failures, droppedWrites, isOpen }: RedisTiles) {
  return { hits, misses, failures, droppedWrites, isOpen };
}
