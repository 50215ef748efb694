import { createHash } from "node:crypto";

/** Chooses the answer to a request in place of the object; null for the object itself. */
export type Intercept = (request: Request, path: string) => Response | null | Promise<Response | null>;

export interface Bucket extends AsyncDisposable {
  /** URL of the bucket. It ends in `/`. */
  readonly baseUrl: string;
}

/** Pattern of the paths that a bucket may hold: names separated by single slashes, none of them `.` or `..`. */
const OBJECT_PATH = /^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Serves a folder like a public bucket: its objects over HTTP, with byte ranges, 404 and 416 as S3 answers them. The
 * server listens on 127.0.0.1 only.
 */
export function serveBucket(folder: string, intercept: Intercept = () => null): Bucket {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    return await intercept(request, path) ?? await answer(request, folder, path);
  });
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function answer(request: Request, folder: string, path: string): Promise<Response> {
  const object = OBJECT_PATH.test(path) ? await readObject(`${folder}/${path}`) : null;
  if (object === null) return new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 });
  const { bytes, headers } = object;
  if (request.headers.get("if-none-match") === headers.etag) return new Response(null, { status: 304, headers });
  const range = /^bytes=([0-9]+)-([0-9]*)$/.exec(request.headers.get("range") ?? "");
  if (!range) return new Response(bytes, { headers });
  const start = Number(range[1]);
  const end = range[2] === "" ? bytes.length : Math.min(Number(range[2]) + 1, bytes.length);
  if (start >= bytes.length || end <= start) {
    return new Response("<Error><Code>InvalidRange</Code></Error>", {
      status: 416,
      headers: { "content-range": `bytes */${bytes.length}` },
    });
  }
  return new Response(bytes.slice(start, end), {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${start}-${end - 1}/${bytes.length}`, "accept-ranges": "bytes" },
  });
}

/** Reads an object, with the headers that S3 sends: a strong ETag and the time of the last change. */
async function readObject(path: string) {
  try {
    const bytes = await Deno.readFile(path);
    const { mtime } = await Deno.stat(path);
    const headers = {
      etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
      "last-modified": (mtime ?? new Date()).toUTCString(),
    };
    return { bytes, headers };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
