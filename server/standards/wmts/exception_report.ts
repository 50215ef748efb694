import { BadParameterError } from "../../errors.ts";
import { explain, type Explanation } from "../../http/problem.ts";
import { xmlText } from "../../xml.ts";

/** Exception codes of OGC 06-121r3, table 25, and OGC 07-057r7, table 24. */
export type ExceptionCode =
  | "InvalidParameterValue"
  | "MissingParameterValue"
  | "NoApplicableCode"
  | "OperationNotSupported"
  | "TileOutOfRange"
  | "VersionNegotiationFailed";

/** An error in a request, in OGC's terms. */
export class OwsError extends Error {
  override readonly name = "OwsError";

  /**
   * Describes the error.
   * @param locator the parameter that is wrong
   */
  constructor(
    readonly code: ExceptionCode,
    readonly locator: string,
    message: string,
    readonly status: 400 | 404 = 400,
  ) {
    super(message);
  }
}

/** The answer to a failure, in the form that OGC clients read. */
export function exceptionReport(error: unknown): Response {
  if (error instanceof OwsError) return report(error.code, error.locator, explain(error, error.status));
  if (error instanceof BadParameterError) {
    const code = error.value === null ? "MissingParameterValue" : "InvalidParameterValue";
    return report(code, error.parameter, explain(error));
  }
  return report("NoApplicableCode", null, explain(error));
}

function report(code: ExceptionCode, locator: string | null, { status, detail, headers }: Explanation): Response {
  const at = locator === null ? "" : ` locator="${xmlText(locator.toLowerCase())}"`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.opengis.net/ows/1.1 http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd" version="1.1.0" xml:lang="en">
<Exception exceptionCode="${code}"${at}><ExceptionText>${xmlText(detail)}</ExceptionText></Exception>
</ExceptionReport>
`;
  return new Response(body, { status, headers: { "content-type": "application/xml", ...headers } });
}
