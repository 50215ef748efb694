import assert from "node:assert/strict";
import { publishedRoot } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";

/** Time after which an answer is late: twice the server's time limit for a body. */
const LATE_MS = 20_000;

Deno.test("a request body that is never completed is answered with 400", async () => {
  await using root = await publishedRoot([0]);
  await using server = await startServer(root.dataRoot);
  const { hostname, port } = new URL(server.origin);
  const halves = ["{", '{"model": "hrrr", "points": [', ""];
  const answers = await Promise.all(halves.map(async (half) => {
    using socket = await Deno.connect({ hostname, port: Number(port) });
    const head = "POST /api/v3/sample HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    await socket.write(new TextEncoder().encode(`${head}content-length: 1000\r\n\r\n${half}`));
    const buffer = new Uint8Array(1000);
    let late: ReturnType<typeof setTimeout>;
    const lateAnswer = new Promise<"late">((resolve) => late = setTimeout(() => resolve("late"), LATE_MS));
    const count = await Promise.race([socket.read(buffer), lateAnswer]);
    clearTimeout(late!);
    return typeof count === "number" ? new TextDecoder().decode(buffer.subarray(0, count)) : String(count);
  }));
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 400 /);
});
