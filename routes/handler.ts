import { getPath } from "hono/utils/url";
import { RESET_URL } from "../contract/urls.ts";
import { problem } from "../server/http/problem.ts";
import { makeApp } from "./app.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";
import { routeFamily } from "./metrics.ts";

const READ_METHODS = ["GET", "HEAD"];
/** Paths that accept POST: a list of points may be too long for a URL, and a reset changes state. */
const POST_PATHS = ["/api/v3/sample", RESET_URL];

/** Longest URL in characters; the same limit as nginx. */
const MAX_URL_LENGTH = 8192;

/** Headers of an answer that a page of another origin may read; without this list not even a file's size. */
const EXPOSED_HEADERS = [
  "accept-ranges",
  "allow",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-range",
  "date",
  "etag",
  "last-modified",
  "retry-after",
  "x-cache",
].join(", ");

export type Handler = (request: Request, connection?: Connection) => Promise<Response>;

/**
 * Makes the handler of all requests, around the route table: methods, CORS, metrics. Middleware of Hono would cost a
 * cached tile a third of its rate (docs/PERFORMANCE.md).
 */
export function makeHandler(context: ServerContext): Handler {
  const app = makeApp(context);
  return async (request, connection) => {
    const started = performance.now();
    const refusal = context.hosts.refusal(request, connection);
    // The path of a request for an unknown host cannot be trusted either.
    const path = refusal ? "/" : context.hosts.ownPath(getPath(request));
    const response = refusal ?? withoutRoute(request, path) ?? await app.fetch(request, connection);
    // Pages of every origin may read: there are no cookies, and a request can change nothing.
    response.headers.set("access-control-allow-origin", "*");
    response.headers.set("access-control-expose-headers", EXPOSED_HEADERS);
    response.headers.set("x-content-type-options", "nosniff");
    context.metrics.request(routeFamily(path), response.status, performance.now() - started);
    return response;
  };
}

/** The answer to a request that needs no route, or null. */
function withoutRoute(request: Request, path: string): Response | null {
  const { method, url } = request;
  if (url.length > MAX_URL_LENGTH) {
    return problem(414, `The address has ${url.length} characters; at most ${MAX_URL_LENGTH} are allowed`);
  }
  if (method === "GET") return null;
  const methods = POST_PATHS.includes(path) ? [...READ_METHODS, "POST"] : READ_METHODS;
  if (methods.includes(method)) return null;
  const allow = [...methods, "OPTIONS"].join(", ");
  if (method === "OPTIONS") {
    const isPreflight = request.headers.has("access-control-request-method");
    return isPreflight ? preflight(request, methods) : new Response(null, { status: 204, headers: { allow } });
  }
  return problem(405, `Method ${method} is not allowed: use ${allow}`, {}, { allow });
}

/**
 * The answer to a CORS preflight. Any header is allowed: libraries add their own, and the server ignores unknown ones.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
function preflight(request: Request, methods: readonly string[]): Response {
  const asked = request.headers.get("access-control-request-headers") ?? "";
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": methods.join(", "),
      ...(HEADER_NAMES.test(asked) ? { "access-control-allow-headers": asked } : {}),
      "access-control-max-age": "86400",
      "cache-control": "public, max-age=86400",
      vary: "access-control-request-headers, access-control-request-method",
    },
  });
}

/** A list of header names, longer than any that a browser sends. */
const HEADER_NAMES = /^(?=.{1,1000}$)[\w!#$%&'*+.^`|~-]+( *, *[\w!#$%&'*+.^`|~-]+)*$/;
