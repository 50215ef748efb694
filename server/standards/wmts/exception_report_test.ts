import assert from "node:assert/strict";
import { XMLParser } from "fast-xml-parser";
import { BadParameterError, BusyError, NotPublishedError } from "../../errors.ts";
import { exceptionReport, OwsError } from "./exception_report.ts";

/** Status, code, locator and words of a report, as an XML parser reads them. */
async function told(error: unknown) {
  const response = exceptionReport(error);
  assert.equal(response.headers.get("content-type"), "application/xml");
  const { ExceptionReport } = new XMLParser({ ignoreAttributes: false }).parse(await response.text());
  const { "@_exceptionCode": code, "@_locator": locator, ExceptionText: text } = ExceptionReport.Exception;
  return [response.status, code, locator, text];
}

Deno.test("exceptionReport() gives an error of OGC its code, locator and status", async () => {
  const error = new OwsError("TileOutOfRange", "TileCol", "TileCol is 9");
  assert.deepEqual(await told(error), [400, "TileOutOfRange", "tilecol", "TileCol is 9"]);
  const missing = new OwsError("InvalidParameterValue", "layer", 'No layer "a&b<c>"', 404);
  assert.deepEqual(await told(missing), [404, "InvalidParameterValue", "layer", 'No layer "a&b<c>"']);
});

Deno.test("exceptionReport() tells a missing parameter from a wrong one", async () => {
  const [, missing, locator] = await told(new BadParameterError("layer", null, "expected a layer"));
  assert.deepEqual([missing, locator], ["MissingParameterValue", "layer"]);
  const [status, wrong] = await told(new BadParameterError("layer", "x", "expected a layer"));
  assert.deepEqual([status, wrong], [400, "InvalidParameterValue"]);
});

Deno.test("exceptionReport() explains every other failure as the API does, and hides the details of a bug", async () => {
  assert.deepEqual(await told(new NotPublishedError("No run")), [404, "NoApplicableCode", undefined, "No run"]);
  const bug = await told(new TypeError("cannot read /var/lib/secret"));
  assert.deepEqual(bug.slice(0, 2), [500, "NoApplicableCode"]);
  assert.doesNotMatch(String(bug[3]), /secret/);
  assert.equal(exceptionReport(new BusyError("full", 7)).headers.get("retry-after"), "7");
});
