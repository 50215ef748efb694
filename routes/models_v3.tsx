import { Hono } from "hono";
import type { ServerContext } from "./context.ts";
export function pageRoutes(_context: ServerContext): Hono {
  return new Hono();
}
