import { type Problem, PROBLEM_MEDIA_TYPE } from "../../contract/problem.ts";
import {
  BadBodyError,
  BadParameterError,
  BodyTooLargeError,
  BusyError,
  DamagedError,
  NotPublishedError,
  UnsupportedBodyError,
} from "../errors.ts";
import { NEVER, SHORT_LIVED } from "./cache_control.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad parameter",
  404: "Not found",
  405: "Method not allowed",
  412: "Precondition failed",
  413: "Body too large",
  414: "Address too long",
  415: "Unsupported media type",
  416: "Range not satisfiable",
  421: "Misdirected request",
  429: "Too many requests",
  431: "Header too large",
  503: "Not available at the moment",
  500: "Internal server error",
};

const MAX_DETAIL = 300;

/** Time until a client should ask again: a damaged frame has to be found and built again. */
const DAMAGED_RETRY_AFTER_S = 60;

/** The one table from error class to status. An error class that is missing here is a bug. */
const STATUS_BY_ERROR: readonly (readonly [new (...args: never[]) => Error, number])[] = [
  [BadParameterError, 400],
  [BadBodyError, 400],
  [NotPublishedError, 404],
  [BodyTooLargeError, 413],
  [UnsupportedBodyError, 415],
  [DamagedError, 503],
];

export function statusOf(error: unknown): number {
  if (error instanceof BusyError) return error.status;
  return STATUS_BY_ERROR.find(([type]) => error instanceof type)?.[1] ?? 500;
}

/** Description of a failure for the client, for any format. */
export interface Explanation {
  readonly status: number;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Explains a failure to the client. The message of an unforeseen error stays in the log. */
export function explain(error: unknown, status = statusOf(error)): Explanation {
  const retryAfterS = error instanceof BusyError
    ? error.retryAfterS
    : error instanceof DamagedError
    ? DAMAGED_RETRY_AFTER_S
    : null;
  return {
    status,
    detail: status === 500
      ? "The request could not be answered; the server's log says why"
      : shortened((error as Error).message),
    headers: {
      "cache-control": lifetimeOf(status),
      ...(retryAfterS === null ? {} : { "retry-after": String(retryAfterS) }),
    },
  };
}

/** The answer to a failure. */
export function problemFor(error: unknown): Response {
  const { status, detail, headers } = explain(error);
  return problem(status, detail, parameterOf(error), headers);
}

/** Lifetime of a failure: missing data may be published soon; no other failure is cached. */
function lifetimeOf(status: number): string {
  return status === 404 ? SHORT_LIVED : NEVER;
}

/** Shortens a text. A detail repeats part of the request, which may be as long as a URL. */
function shortened(detail: string): string {
  return detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL - 1)}…` : detail;
}

export function problem(
  status: number,
  detail: string,
  extra: { parameter?: string } = {},
  headers: HeadersInit = {},
): Response {
  const title = TITLES[status] ?? "Error";
  const body: Problem = { type: "about:blank", title, status, detail: shortened(detail), ...extra };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": PROBLEM_MEDIA_TYPE,
      "cache-control": lifetimeOf(status),
      ...headers,
    },
  });
}

/** The parameter or member of the request that is wrong, if it has a name. */
function parameterOf(error: unknown): { parameter?: string } {
  if (error instanceof BadParameterError) return { parameter: error.parameter };
  return error instanceof BadBodyError && error.member !== "" ? { parameter: error.member } : {};
}
