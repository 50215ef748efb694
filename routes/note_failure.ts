import { DamagedError } from "../server/errors.ts";
import { statusOf } from "../server/http/problem.ts";
import type { ServerContext } from "./context.ts";

/** Logs the details of a failure, of which the client gets only the status. */
export function noteFailure({ damages, log }: Pick<ServerContext, "damages" | "log">, url: string, error: Error): void {
  if (error instanceof DamagedError) damages.report(error);
  else if (statusOf(error) >= 500) log.error("request failed", { url, error: error.stack ?? String(error) });
}
