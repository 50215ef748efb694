import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Agent, type ClientRequest, request } from "node:http";
import { seededRandom } from "../../bench/measure.ts";
import { framesAnswerSchema } from "../../contract/api.ts";
import { type Operation, OPERATIONS } from "../../contract/openapi/operations.ts";
import { PROBLEM_MEDIA_TYPE, problemSchema } from "../../contract/problem.ts";
import { repetitions } from "../support/gate_cases.ts";
import { decodedBody } from "../support/decoded_body.ts";
import { HOSTILE_TEXTS } from "../support/hostile_texts.ts";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";

const REQUESTS = repetitions({ inGate: 8000, all: 20_000 });
/** Length of a URL, in bytes, that the HTTP library surely accepts: its limit is 65,534. */
const LONGEST_URL = 60_000;

const random = seededRandom(20260217);
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;

/** Values of parameters that are published, or valid but not published; `ODD` has the malformed ones. */
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  model: ["hrrr", "hrrr", "hrrr", "hrrr", "gfs"],
  run: [RUN, RUN, RUN, RUN, "latest", "20260217_07z"],
  var: ["tmp2m", "tmp2m", "tmp2m", "tmp2m", "refc", "tmp2m,refc"],
  fh: ["0", "1", "2"],
  z: ["0", "3", "5", "7", "14"],
  x: ["0", "1", "7", "30"],
  y: ["0", "3", "12", "48"],
  lat: ["39", "45.5", "-89.999"],
  lon: ["-98", "-122.7", "179.5"],
  key: ["iso32f", "every10f"],
  file: ["rgba.cog.tif", "val.cog.tif"],
  layer: ["hrrr_tmp2m", "gfs_prmsl"],
  time: ["default", "2026-02-17T07:00:00Z"],
  tilematrixset: ["WebMercatorQuad", "WebMercatorQuadx2"],
  request: ["GetTile", "GetCapabilities"],
};
const ODD = [
  "",
  "0",
  "-1",
  "007",
  "1e308",
  "-1e308",
  "NaN",
  "Infinity",
  "9".repeat(40),
  "1.5",
  "0x10",
  "20260231_00z",
  "2026",
  "constructor",
  "__proto__",
  "toString",
  "%",
  "%zz",
  "%00",
  "..",
  ".",
  "a/b",
  "a%2fb",
  "\u{1F300}",
  "é",
  "+",
  " ",
  "x".repeat(3000),
  "latest",
  "fh003",
  "*",
  "null",
  "[]",
  "{}",
  "tmp2m,tmp2m",
  ",",
  "hrrr_",
  ...HOSTILE_TEXTS,
];

const valueOf = (name: string) => random() < 0.85 ? pick(RIGHT[name] ?? ["1"]) : pick(ODD);

const OTHERS = [
  "/wmts/v3/{layer}/{time}/{time}/{tilematrixset}/{z}/{y}/{x}.png",
  "/wmts/v3/{layer}/default/{time}/{time}/{tilematrixset}/{z}/{y}/{x}.png",
  "/wmts/v3/{layer}/default/{time}/{time}/{tilematrixset}/{z}/{y}/{x}/{z}/{x}.json",
  "/wmts/v3/1.0.0/WMTSCapabilities.xml",
  "/api/v3/{model}/{run}/{var}/{fh}/legend.png",
  "/cog/v3/{model}/{run}/{var}/{fh}/",
  "/cog/v3/{model}/",
  "/api/v3",
  "/",
  "/models-v3",
  "/models-v3/assets/{file}",
  "/metrics",
  "/livez",
  "/readyz",
  "/health",
  "/api/v3/openapi.json",
  "/{model}/{file}",
];
const WMTS_QUERY = ["request", "layer", "time", "reference_time", "tilematrixset", "tilematrix", "tilerow", "tilecol"];

/** Operations whose answer ends: an event stream would never end. */
const ENDING = OPERATIONS.filter(({ answer }) => answer !== "text/event-stream");

interface Question {
  readonly url: string;
  readonly init: RequestInit;
  readonly operation: Operation | null;
}

/** Makes a random request. @param versions of the published frames */
function question(versions: readonly string[]): Question {
  const operation = random() < 0.7 ? pick(ENDING) : null;
  const template = operation?.path ?? (random() < 0.2 ? "/wmts/v3" : pick(OTHERS));
  // Half of the values are written unchanged, half as a browser would encode them.
  const write = (text: string) => random() < 0.5 ? text : encodeURIComponent(text);
  const path = template.replace(/\{(\w+)\}/g, (_, name) => write(valueOf(name)));
  const names = operation
    ? Object.entries(operation.parameters)
      .filter(([, { in: place, isOptional }]) => place === "query" && !(isOptional && random() < 0.7))
      .map(([name]) => name)
    : template === "/wmts/v3"
    ? WMTS_QUERY
    : [];
  const query = names.filter(() => random() < 0.95).map((name) =>
    `${name}=${write(name === "v" ? pick([...versions, pick(ODD)]) : valueOf(name))}`
  );
  if (random() < 0.1) query.push(`${write(pick(ODD))}=${write(pick(ODD))}`);
  if (random() < 0.03 && names.length > 0) query.push(`${names[0]}=${write(valueOf(names[0]!))}`);
  const method = operation?.method === "post" && random() < 0.8
    ? "POST"
    : pick(["GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST"]);
  const headers: Record<string, string> = {};
  if (random() < 0.2) headers["if-none-match"] = pick(["*", '"x"', 'W/"x"', ",,,", "x".repeat(2000)]);
  if (random() < (path.startsWith("/cog") ? 0.8 : 0.2)) {
    headers["range"] = pick(["bytes=0-9", "bytes=-5", "bytes=9-1", "bytes=0-0,2-3", "x", "bytes=99999999999-"]);
  }
  if (random() < 0.2) headers["accept-encoding"] = pick(["gzip", "br", "gzip;q=0", "*", "gzip;q=0.001, br"]);
  const point = () => ({ lat: pick([39, -91, 1e308, null, "39"]), lon: pick([-98, 181, -1e308, [], "x"]) });
  const body = method === "POST"
    ? pick([
      "",
      "{",
      "null",
      "[]",
      "x".repeat(70_000),
      JSON.stringify({ model: "hrrr", run: "latest", var: "tmp2m", fh: 1, points: [{ lat: 39, lon: -98 }] }),
      JSON.stringify({
        model: pick(ODD),
        run: pick(ODD),
        var: pick(ODD),
        fh: pick([0, 1.5, -1, "0"]),
        points: [point()],
      }),
      JSON.stringify({ model: "hrrr", run: RUN, var: "tmp2m", fh: 0, points: Array.from({ length: 501 }, point) }),
      `{"__proto__": {"model": "hrrr"}, "points": ${"[".repeat(500)}`,
    ])
    : null;
  const url = path + (query.length > 0 ? `?${query.join("&")}` : "");
  return { url, init: { method, headers, ...(body === null ? {} : { body }) }, operation };
}

Deno.test(`${REQUESTS} random requests over a socket get documented answers and no server error`, async () => {
  await using root = await publishedRoot([0, 1], ["tmp2m"]);
  await using server = await startServer(root.dataRoot);
  const frames = await (await fetch(`${server.origin}/api/v3/hrrr/${RUN}/tmp2m/frames`)).json();
  const versions: string[] = framesAnswerSchema.parse(frames).frames.map(({ v }) => v!);
  const statuses = new Map<number, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let sent = 0;
  const askAll = async () => {
    while (sent < REQUESTS) {
      const i = sent++;
      const { url, init, operation } = question(versions);
      const response = await ask(agent, server.origin, url, init).catch((error) => {
        // The HTTP library closes a connection whose request it refuses.
        if (url.length > LONGEST_URL || hasBytesOfNoUrl(url)) return null;
        // A kept connection may be closed at the same moment: a second request on a new connection rules that out.
        if ((error as { code?: string }).code !== "ECONNRESET") throw error;
        return ask(new Agent({ keepAlive: false }), server.origin, url, init);
      });
      if (response === null) continue; // node:http cannot send this
      const what = `request ${i}: ${init.method} ${url.slice(0, 200)} ${JSON.stringify(init.headers)} ${
        String(init.body).slice(0, 100)
      }`;
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      await check(response, what, { url, init, operation });
    }
  };
  await Promise.all(Array.from({ length: 4 }, askAll));
  agent.destroy();
  for (const status of [200, 204, 206, 304, 400, 404, 405, 413, 416]) {
    assert.ok(statuses.has(status), `no request was answered with ${status}: ${JSON.stringify([...statuses])}`);
  }
  assert.equal((await (await fetch(`${server.origin}/livez`)).text()).length > 0, true);
});

/** Sends a request with the exact URL, which `fetch` would normalize; null when node:http refuses to send it. */
function ask(
  agent: Agent,
  origin: string,
  path: string,
  { method, headers, body }: RequestInit,
): Promise<Response | null> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let sending: ClientRequest;
    try {
      const target = path.startsWith("/") ? path : `/${path}`;
      const options = {
        hostname,
        port,
        path: target,
        method: method!,
        headers: headers as Record<string, string>,
        agent,
      };
      sending = request(options, (answer) => {
        const parts: Uint8Array[] = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const { statusCode: status = 0 } = answer;
          const bytes = [101, 204, 205, 304].includes(status) ? null : Buffer.concat(parts);
          resolve(new Response(bytes, { status, headers: new Headers(answer.headers as Record<string, string>) }));
        });
      });
    } catch (error) {
      if (error instanceof TypeError) return resolve(null);
      throw error;
    }
    sending.on("error", reject);
    sending.end(body ?? undefined);
  });
}

async function check(response: Response, what: string, { url, init, operation }: Question): Promise<void> {
  if ((response.status === 400 && hasBytesOfNoUrl(url)) || url.length > LONGEST_URL) return; // by the HTTP library
  const isDown = response.status === 503 && url.startsWith("/readyz");
  assert.ok(response.status < 500 || isDown, `${response.status}: ${what}`);
  assert.ok(response.headers.has("cache-control") || init.method === "OPTIONS" || response.status === 302, what);
  const type = response.headers.get("content-type") ?? "";
  if (response.status >= 400 && init.method !== "HEAD" && !isDown) {
    if (type === "application/xml" && url.startsWith("/wmts/v3")) {
      assert.match(await response.text(), /<Exception exceptionCode="[A-Za-z]+"/, what);
      return;
    }
    assert.equal(type, PROBLEM_MEDIA_TYPE, what);
    const problem = problemSchema.parse(await response.json());
    assert.equal(problem.status, response.status, what);
    assert.ok(problem.detail.length < 1000, what);
  } else if (
    response.status === 200 && init.method?.toLowerCase() === operation?.method && type === "application/json"
  ) {
    // A path with odd values may belong to another operation; its JSON is checked only where the path has one form.
    if (operation && typeof operation.answer !== "string" && url.startsWith("/api/v3/s")) {
      operation.answer.parse(JSON.parse(await decodedBody(response)));
    } else JSON.parse(await decodedBody(response));
  }
}

/** Whether a URL has characters that RFC 3986 does not allow: the HTTP library answers such a request itself. */
function hasBytesOfNoUrl(url: string): boolean {
  return /[^\x21-\x7e]|["<>\\^`{|}]/.test(url);
}
