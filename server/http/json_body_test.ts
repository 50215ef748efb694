import assert from "node:assert/strict";
import * as z from "zod";
import { BadBodyError, BodyTooLargeError, UnsupportedBodyError } from "../errors.ts";
import { readJsonBody } from "./json_body.ts";

const schema = z.strictObject({ n: z.number() });
const post = (body: BodyInit, headers: HeadersInit = { "content-type": "application/json" }) =>
  new Request("http://localhost/", { method: "POST", body, headers, duplex: "half" } as RequestInit);

Deno.test("readJsonBody() returns what the schema makes of the body, and names the first member that is wrong", async () => {
  assert.deepEqual(await readJsonBody(post('{"n": 1}'), schema), { n: 1 });
  for (const [body, member] of [['{"n": "1"}', "n"], ['{"n": 1, "m": 2}', "m"], ["[", ""]] as const) {
    await assert.rejects(readJsonBody(post(body), schema), (error: unknown) => {
      assert.ok(error instanceof BadBodyError);
      assert.equal(error.member, member);
      return true;
    });
  }
});

Deno.test("readJsonBody() refuses other media types, codings and sizes", async () => {
  await assert.rejects(readJsonBody(post("{}", { "content-type": "text/csv" }), schema), UnsupportedBodyError);
  const gzip = { "content-type": "application/json", "content-encoding": "gzip" };
  await assert.rejects(readJsonBody(post("{}", gzip), schema), UnsupportedBodyError);
  await assert.rejects(readJsonBody(post(" ".repeat(65_537)), schema), BodyTooLargeError);
});

Deno.test("readJsonBody() does not take the beginning of a body that never ends for the whole", async () => {
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"n": 1}')),
  });
  await assert.rejects(readJsonBody(post(endless), schema, 50), (error: unknown) => {
    assert.ok(error instanceof BadBodyError);
    assert.match(error.message, /within 0\.05 s/);
    return true;
  });
});
