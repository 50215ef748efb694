import { RESET_URL } from "../contract/urls.ts";
import { problem } from "../server/http/problem.ts";
import { makeApp } from "./app.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";
import { routeFamily } from "./metrics.ts";

const READ_METHODS = ["GET", "HEAD"];
/** Where a question may be too long for a URL, and where something is done. */
const POST_PATHS = ["/api/v3/sample", RESET_URL];

export type Handler = (request: Request, connection?: Connection) => Promise<Response>;

/**
 * What happens to every request, around the route table: methods, permission for pages of other origins, metrics. Not as
 * middleware of Hono's, which costs a cached tile a third of its rate (docs/PERFORMANCE.md).
 */
export function makeHandler(context: ServerContext): Handler {
  const app = makeApp(context);
  return async (request, connection) => {
    const started = performance.now();
    const refusal = context.hosts.refusal(request);
    // Of a host that is not ours not even the address can be trusted to have a path.
    const path = refusal ? "/" : pathOf(request.url);
    const response = refusal ?? withoutRoute(request, path) ?? await app.fetch(request, connection);
    // Everybody may read, from any page: there are no cookies, and nothing can be changed.
    response.headers.set("access-control-allow-origin", "*");
    response.headers.set("x-content-type-options", "nosniff");
    context.metrics.request(routeFamily(path), response.status, performance.now() - started);
    return response;
  };
}

/** The answer to a method that no route is asked for, or null. */
function withoutRoute(request: Request, path: string): Response | null {
  const { method } = request;
  if (method === "GET") return null;
  const methods = POST_PATHS.includes(path) ? [...READ_METHODS, "POST"] : READ_METHODS;
  if (methods.includes(method)) return null;
  if (method === "OPTIONS" && request.headers.has("access-control-request-method")) return preflight(methods);
  const allow = methods.join(", ");
  return problem(405, `${method} is not possible here: use ${allow}`, {}, { allow });
}

/** @see https://fetch.spec.whatwg.org/#cors-preflight-fetch */
function preflight(methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": "content-type, range, if-none-match, if-range",
      "access-control-max-age": "86400",
      "cache-control": "public, max-age=86400",
    },
  });
}

/** The path of an absolute URL. `new URL` would take longer than all else here. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const query = url.indexOf("?", start);
  return query === -1 ? url.slice(start) : url.slice(start, query);
}
