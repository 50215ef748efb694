import { BadParameterError } from "../errors.ts";
import { NEVER, SHORT_LIVED } from "../http/cache_control.ts";
import { problemFor, statusOf } from "../http/problem.ts";
import { xmlText } from "../xml.ts";

/** OGC 06-121r3, table 25, and OGC 07-057r7, table 24. */
export type ExceptionCode =
  | "InvalidParameterValue"
  | "MissingParameterValue"
  | "NoApplicableCode"
  | "OperationNotSupported"
  | "TileOutOfRange"
  | "VersionNegotiationFailed";

/** What is wrong with a request, in OGC's terms. */
export class OwsError extends Error {
  override readonly name = "OwsError";

  /** @param locator the parameter that is wrong, by its name in key-value pairs */
  constructor(
    readonly code: ExceptionCode,
    readonly locator: string,
    message: string,
    readonly status: 400 | 404 = 400,
  ) {
    super(message);
  }
}

/** The answer to a failure, as OGC's clients read it. The words of an unforeseen error stay in the log. */
export async function exceptionReport(error: unknown): Promise<Response> {
  if (error instanceof OwsError) {
    const lifetime = error.status === 404 ? SHORT_LIVED : NEVER;
    return report(error.code, error.locator, error.message, error.status, { "cache-control": lifetime });
  }
  if (error instanceof BadParameterError) {
    const code = error.value === null ? "MissingParameterValue" : "InvalidParameterValue";
    return report(code, error.parameter, error.message, 400, { "cache-control": NEVER });
  }
  const problem = problemFor(error);
  const { detail } = await problem.json();
  const kept = ["cache-control", "retry-after"].flatMap((name) => {
    const value = problem.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return report("NoApplicableCode", null, detail, statusOf(error), Object.fromEntries(kept));
}

const MAX_TEXT = 300;

function report(
  code: ExceptionCode,
  locator: string | null,
  words: string,
  status: number,
  headers: Record<string, string>,
): Response {
  const text = words.length > MAX_TEXT ? `${words.slice(0, MAX_TEXT)}…` : words;
  const at = locator === null ? "" : ` locator="${xmlText(locator)}"`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/ows/1.1 http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd" version="1.1.0" xml:lang="en">
<Exception exceptionCode="${code}"${at}><ExceptionText>${xmlText(text)}</ExceptionText></Exception>
</ExceptionReport>
`;
  return new Response(body, { status, headers: { "content-type": "application/xml", ...headers } });
}
