import { Hono } from "hono";
import { renderToString } from "preact-render-to-string";
import { LRUCache } from "lru-cache";
import { openApiDocument } from "../contract/openapi/document.ts";
import { type Operation, OPERATIONS, TAGS } from "../contract/openapi/operations.ts";
import { ONE_HOUR } from "../server/http/cache_control.ts";
import { ADDRESS_HEADERS, respondText } from "../server/http/respond.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";

/** Routes of the API's description: for programs, and for people. */
export function openApiRoutes({ hosts }: ServerContext): Hono {
  const routes = new Hono();
  /** Documents by base URL: each document names the address at which the client reached the server. */
  const documents = new LRUCache<string, string>({ max: 16 });
  const page = `<!doctype html>${renderToString(<DocsPage />)}`;

  routes.get("/api/v3/openapi.json", (c) => {
    const base = hosts.baseFor(c.req.raw, c.env as Connection | undefined);
    const document = documents.get(base) ?? JSON.stringify(openApiDocument(base));
    documents.set(base, document);
    const mediaType = "application/vnd.oai.openapi+json;version=3.1";
    return respondText(c.req.raw, document, mediaType, { cacheControl: ONE_HOUR, variesBy: ADDRESS_HEADERS });
  });

  routes.get("/api/v3/docs", (c) =>
    respondText(c.req.raw, page, "text/html; charset=utf-8", {
      cacheControl: ONE_HOUR,
      headers: {
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        "x-content-type-options": "nosniff",
      },
    }));

  return routes;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#e6edf3;
background:#0d1117}a{color:#7cc4ff}code{font:14px ui-monospace,monospace;color:#9ecbff;overflow-wrap:anywhere}
h2.tag{font-size:1.25rem;margin:2rem 0 0}section{border-top:1px solid #30363d;padding:.75rem 0}h2{font-size:1rem;margin:.25rem 0}p{margin:.25rem 0;color:#9aa7b4}`;

function DocsPage() {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>twf-v3 API</title>
        <style>{STYLE}</style>
      </head>
      <body>
        <h1>twf-v3 API</h1>
        <p>
          For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1). The map:{" "}
          <a href="../../models-v3">/models-v3</a>. As WMTS: <a href="../../wmts/v3">/wmts/v3</a>.
        </p>
        {Object.entries(TAGS).map(([tag, words]) => (
          <div key={tag}>
            <h2 class="tag">{tag}</h2>
            <p>{words}</p>
            {OPERATIONS.filter((operation) => operation.tag === tag).map((operation) => (
              <Entry key={operation.id} {...operation} />
            ))}
          </div>
        ))}
      </body>
    </html>
  );
}

function Entry(
  { method, path, summary, parameters, answer, mediaType = "JSON", alternatives = [], mayBeEmpty, exampleBody }:
    Operation,
) {
  const answers = [typeof answer === "string" ? answer : mediaType, ...alternatives].join(", ");
  const queries = Object.entries(parameters).filter(([, { in: place }]) => place === "query").map(([name]) => name);
  return (
    <section>
      <h2>
        <code>{method.toUpperCase()} {path}{queries.length > 0 ? `?${queries.join("&")}` : ""}</code>
      </h2>
      <p>
        {summary}. Answers {answers}
        {mayBeEmpty ? ", or 204 where there is no data" : ""}.
      </p>
      {exampleBody === undefined ? null : (
        <p>
          Body: <code>{JSON.stringify(exampleBody)}</code>
        </p>
      )}
    </section>
  );
}
