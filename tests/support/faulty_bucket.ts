import { dirname } from "node:path";
import { concatenate } from "../../builder/concatenate.ts";
import { type Bucket, serveBucket } from "../../demo/bucket.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Handles a request. `object` requests the answer of a healthy bucket, a result of null passes that answer on; `signal`
 * is aborted when the bucket closes.
 */
export type Effect = (
  context: { request: Request; object: () => Promise<Response>; signal: AbortSignal },
) => Response | null | Promise<Response | null>;

export interface Fault {
  /** Tested against the path below the base. */
  readonly path: RegExp;
  readonly effect: Effect;
  /** Number of requests that the fault affects, counted from the first; by default all. */
  readonly times?: number;
}

export interface RecordedRequest {
  readonly path: string;
  readonly range: string | null;
  /** Milliseconds since the bucket was opened. */
  readonly atMs: number;
}

export interface FaultyBucket extends Bucket {
  /** Requests in order of arrival. */
  readonly requests: readonly RecordedRequest[];
}

/** Serves a folder as a bucket with the given faults. The first fault that matches and is not used up applies. */
export function faultyBucket(folder: string, faults: readonly Fault[] = []): FaultyBucket {
  const requests: RecordedRequest[] = [];
  const left = new Map(faults.map((fault) => [fault, fault.times ?? Infinity]));
  const opened = performance.now();
  const closing = new AbortController();
  const healthy = serveBucket(folder);
  const bucket = serveBucket(folder, (request, path) => {
    const range = request.headers.get("range");
    requests.push({ path, range, atMs: performance.now() - opened });
    const fault = faults.find((fault) => fault.path.test(path) && left.get(fault)! > 0);
    if (!fault) return null;
    left.set(fault, left.get(fault)! - 1);
    const object = () => fetch(healthy.baseUrl + path, range === null ? {} : { headers: { range } });
    return fault.effect({ request, object, signal: closing.signal });
  });
  return {
    baseUrl: bucket.baseUrl,
    requests,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await bucket[Symbol.asyncDispose]();
      await healthy[Symbol.asyncDispose]();
    },
  };
}

/** Answers with a status such as 404, 403 or 503, perhaps with `retry-after`. */
export function status(code: number, headers: Record<string, string> = {}): Effect {
  return () => new Response(`<Error><Code>${code}</Code></Error>`, { status: code, headers });
}

/** Redirects to a path that must never be requested. */
export function redirect(): Effect {
  return () => new Response(null, { status: 302, headers: { location: "/moved" } });
}

/** Answers with 200 and a whole body, ignoring the requested range. */
export function rangeIgnored(): Effect {
  return async ({ request, object }) => {
    if (!request.headers.has("range")) return object();
    const { length } = await bytesOf(object());
    return new Response(new Uint8Array(length + 1000));
  };
}

/** Gives the right answer, too late. */
export function slow(delayMs: number): Effect {
  return async ({ object, signal }) => {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal.addEventListener("abort", end, { once: true });
    });
    return signal.aborted ? new Response(null, { status: 503 }) : object();
  };
}

/** Sends the head of the right answer, and then a byte every `everyMs` milliseconds, or nothing at all. */
export function drip(everyMs: number | null): Effect {
  return async ({ object }) => {
    const whole = await object();
    await whole.body?.cancel();
    let timer: ReturnType<typeof setInterval> | undefined;
    const body = new ReadableStream({
      start(controller) {
        if (everyMs !== null) timer = setInterval(() => controller.enqueue(Uint8Array.of(71)), everyMs);
      },
      cancel: () => clearInterval(timer),
    });
    return new Response(body, { status: whole.status, headers: whole.headers });
  };
}

/** Announces the whole length and drops the connection in the middle of the body. */
export function connectionLost(): Effect {
  return withBody((body, headers) => {
    headers.set("content-length", String(body.length));
    return new ReadableStream({
      start(controller) {
        controller.enqueue(body.subarray(0, body.length >> 1));
        controller.close();
      },
    });
  });
}

/** Ends early without an error: the `content-range` of the whole, the bytes of its first half. */
export function halfBody(): Effect {
  return withBody((body) => body.slice(0, body.length >> 1));
}

/** Sends a body with more bytes than were requested and announced. */
export function longBody(extraBytes: number): Effect {
  return withBody((body) => concatenate([body, new Uint8Array(extraBytes)]));
}

/** Changes some bytes of the answer. */
export function changed(change: (body: Bytes) => Bytes): Effect {
  return withBody(change);
}

/** Answers with a `content-range` other than the requested one. */
export function otherRange(contentRange: string): Effect {
  return withBody((body, headers) => {
    headers.set("content-range", contentRange);
    return body;
  });
}

/** Returns an index that is still being written: it ends in the middle of its last line. */
export function cutMidLine(index: Bytes): Bytes {
  return index.slice(0, index.length - 12);
}

/** Returns an index ahead of its object: the index puts every message a gigabyte later. */
export function namingBytesBeyond(index: Bytes): Bytes {
  const text = new TextDecoder().decode(index);
  const later = text.replace(/^([0-9]+):([0-9]+):/gm, (_, message, start) => `${message}:${Number(start) + 1e9}:`);
  return new TextEncoder().encode(later);
}

/** Returns a message whose last four bytes are not `7777`. */
export function withoutEnd(message: Bytes): Bytes {
  return concatenate([message.subarray(0, -4), new TextEncoder().encode("7778")]);
}

/** Returns a change after which a message's section 0 claims `by` more bytes than there are. */
export function claimingLength(by: number): (message: Bytes) => Bytes {
  return (message) => {
    const copy = message.slice();
    new DataView(copy.buffer).setBigUint64(8, BigInt(message.length + by));
    return copy;
  };
}

/**
 * Returns a message with only the first and the last section of GRIB2: enough for code that reads lengths and not
 * values.
 */
export function fakeMessage(lengthBytes: number, fill = 0): Bytes {
  const message = new Uint8Array(lengthBytes).fill(fill);
  message.set(new TextEncoder().encode("GRIB\0\0\0\x02"));
  new DataView(message.buffer).setBigUint64(8, BigInt(lengthBytes));
  message.set(new TextEncoder().encode("7777"), lengthBytes - 4);
  return message;
}

/**
 * Puts an object of several messages and its inventory into a bucket's folder; `what` is the end of an inventory line.
 */
export async function writeObject(
  path: string,
  cycle: string,
  messages: readonly { readonly bytes: Bytes; readonly what: string }[],
): Promise<void> {
  let start = 0;
  const lines = messages.map(({ bytes, what }, i) => {
    const line = `${i + 1}:${start}:d=${cycle}:${what}\n`;
    start += bytes.length;
    return line;
  });
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, concatenate(messages.map(({ bytes }) => bytes)));
  await Deno.writeTextFile(`${path}.idx`, lines.join(""));
}

function withBody(change: (body: Bytes, headers: Headers) => BodyInit): Effect {
  return async ({ object }) => {
    const response = await object();
    const headers = new Headers(response.headers);
    headers.delete("content-length");
    const body = change(await bytesOf(Promise.resolve(response)), headers);
    return new Response(body, { status: response.status, headers });
  };
}

async function bytesOf(response: Promise<Response>): Promise<Bytes> {
  return new Uint8Array(await (await response).arrayBuffer());
}
