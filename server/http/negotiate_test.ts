import assert from "node:assert/strict";
import { compress } from "./compress.ts";
import { etagIn } from "./etag.ts";
import { type Coding, preferredCoding } from "./negotiate.ts";

Deno.test("preferredCoding() follows the client's weights, and takes the smallest coding of equal weight", () => {
  const cases: [header: string | null, coding: Coding][] = [
    [null, "identity"],
    ["", "identity"],
    ["gzip, deflate, br, zstd", "br"],
    ["GZIP", "gzip"],
    ["gzip;q=1.0, br;q=0.9", "gzip"],
    ["gzip;q=0.5,br;q=0.5", "br"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0.000, gzip;q=0", "identity"],
    ["identity, br;q=0.5", "identity"],
    ["identity;q=0.1, gzip ; q=0.2", "gzip"],
    ["*", "identity"],
    ["deflate", "identity"],
    ["br;q=2, gzip;q=x", "identity"],
    ["brotli, gzipped", "identity"],
  ];
  for (const [header, coding] of cases) assert.equal(preferredCoding(header), coding, String(header));
});

Deno.test("compress() gives a body that browsers can read, and each coding has its own ETag", async () => {
  const text = "lines of equal value ".repeat(200);
  const bytes = new TextEncoder().encode(text);
  for (const coding of ["br", "gzip", "identity"] as const) {
    const coded = compress(bytes, coding, 4);
    assert.equal(await decoded(coded, coding), text, coding);
    if (coding !== "identity") assert.ok(coded.length < bytes.length / 10, coding);
  }
  const etags = (["br", "gzip", "identity"] as const).map((coding) => etagIn(coding, '"abc"'));
  assert.deepEqual(etags, ['"abc-br"', '"abc-gz"', '"abc"']);
});

async function decoded(bytes: Uint8Array<ArrayBuffer>, coding: Coding): Promise<string> {
  if (coding === "identity") return new TextDecoder().decode(bytes);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    () => new Response(bytes, { headers: { "content-encoding": coding } }),
  );
  try {
    return await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text();
  } finally {
    await server.shutdown();
  }
}

Deno.test("preferredCoding() reads unusual headers, and none of them takes it long", () => {
  assert.equal(preferredCoding(" GZIP ; q=0.5 , BR;q=0.4"), "gzip");
  assert.equal(preferredCoding("gzip;q=0.5;x=1, br;q=2"), "identity");
  assert.equal(preferredCoding("gzip;q=.5"), "identity");
  const began = performance.now();
  for (const filler of [" ", "\t", ";", "q", "=", ",", "; ", "gzip "]) {
    preferredCoding(`gzip${filler.repeat(100_000)}x`);
    preferredCoding(`gzip;q=0.${filler.repeat(100_000)}`);
  }
  // A pattern that tries every split takes minutes.
  assert.ok(performance.now() - began < 10_000);
});
