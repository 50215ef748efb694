import { dirname } from "node:path";
import { type Bucket, serveBucket } from "../../demo/bucket.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * What becomes of a request. `object` asks for what a healthy bucket would answer, null passes that on; `signal` says that
 * the bucket closes.
 */
export type Effect = (
  context: { request: Request; object: () => Promise<Response>; signal: AbortSignal },
) => Response | null | Promise<Response | null>;

export interface Fault {
  /** Tested against the path below the base. */
  readonly path: RegExp;
  readonly effect: Effect;
  /** How many requests it happens to, the first ones; by default all. */
  readonly times?: number;
}

export interface RecordedRequest {
  readonly path: string;
  readonly range: string | null;
  /** Milliseconds since the bucket was opened. */
  readonly atMs: number;
}

export interface FaultyBucket extends Bucket {
  /** In the order they came. */
  readonly requests: readonly RecordedRequest[];
}

/** A bucket over a folder in which the given things go wrong. The first fault that matches and is not used up counts. */
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

/** 404, 403, 503 and the like, perhaps with `retry-after`. */
export function status(code: number, headers: Record<string, string> = {}): Effect {
  return () => new Response(`<Error><Code>${code}</Code></Error>`, { status: code, headers });
}

/** A redirect to a place that must never be asked. */
export function redirect(): Effect {
  return () => new Response(null, { status: 302, headers: { location: "/moved" } });
}

/** 200 and everything, whatever range was asked for. */
export function rangeIgnored(): Effect {
  return async ({ request, object }) => {
    if (!request.headers.has("range")) return object();
    const { length } = await bytesOf(object());
    return new Response(new Uint8Array(length + 1000));
  };
}

/** The right answer, too late. */
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

/** Sends the head of the right answer, and then a byte every so often, or nothing at all. */
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

/** Promises the whole length and drops the connection in the middle of the body. */
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

/** Ends early in good order: the `content-range` of the whole, the bytes of its first half. */
export function halfBody(): Effect {
  return withBody((body) => body.slice(0, body.length >> 1));
}

/** A body with more in it than was asked for and promised. */
export function longBody(extraBytes: number): Effect {
  return withBody((body) => concatenate(body, new Uint8Array(extraBytes)));
}

/** The answer with some of its bytes changed. */
export function changed(change: (body: Bytes) => Bytes): Effect {
  return withBody(change);
}

/** `content-range` says something else than what was asked. */
export function otherRange(contentRange: string): Effect {
  return withBody((body, headers) => {
    headers.set("content-range", contentRange);
    return body;
  });
}

/** An index that is still being written: it ends in the middle of its last line. */
export function cutMidLine(index: Bytes): Bytes {
  return index.slice(0, index.length - 12);
}

/** An index ahead of its object: every message is said to begin a gigabyte later. */
export function namingBytesBeyond(index: Bytes): Bytes {
  const text = new TextDecoder().decode(index);
  const later = text.replace(/^([0-9]+):([0-9]+):/gm, (_, message, start) => `${message}:${Number(start) + 1e9}:`);
  return new TextEncoder().encode(later);
}

/** A message whose last four bytes are not `7777`. */
export function withoutEnd(message: Bytes): Bytes {
  return concatenate(message.subarray(0, -4), new TextEncoder().encode("7778"));
}

/** A message whose section 0 says it is longer by `by` bytes than it is. */
export function claimingLength(by: number): (message: Bytes) => Bytes {
  return (message) => {
    const copy = message.slice();
    new DataView(copy.buffer).setBigUint64(8, BigInt(message.length + by));
    return copy;
  };
}

/** GRIB2 by its first and last section only: enough for all that looks at lengths and not at values. */
export function fakeMessage(lengthBytes: number, fill = 0): Bytes {
  const message = new Uint8Array(lengthBytes).fill(fill);
  message.set(new TextEncoder().encode("GRIB\0\0\0\x02"));
  new DataView(message.buffer).setBigUint64(8, BigInt(lengthBytes));
  message.set(new TextEncoder().encode("7777"), lengthBytes - 4);
  return message;
}

/** Puts an object of several messages and its inventory into a bucket's folder; `what` is an inventory line's end. */
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
  await Deno.writeFile(path, concatenate(...messages.map(({ bytes }) => bytes)));
  await Deno.writeTextFile(`${path}.idx`, lines.join(""));
}

export function concatenate(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
