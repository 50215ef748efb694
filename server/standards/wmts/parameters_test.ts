import assert from "node:assert/strict";
import { BadParameterError } from "../../errors.ts";
import { OwsError } from "./exception_report.ts";
import { keyValuePairs, operationOf, parsePixelParameters, parseTileParameters } from "./parameters.ts";

/** Code and locator of the error that a call throws. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof OwsError) return `${error.code} ${error.locator}`;
    if (error instanceof BadParameterError) return `BadParameterError ${error.parameter}`;
    throw error;
  }
  return "accepted";
}

Deno.test("keyValuePairs() accepts names in any case; an empty value counts as missing", () => {
  assert.deepEqual(keyValuePairs({ Service: ["WMTS"], LAYER: [""], own: ["1"] }), { service: "WMTS", own: "1" });
  assert.deepEqual(keyValuePairs({ constructor: ["1"] }), { constructor: "1" });
  assert.equal(refusal(() => keyValuePairs({ layer: ["a", "b"] })), "BadParameterError layer");
  assert.equal(refusal(() => keyValuePairs({ layer: ["a"], LAYER: ["a"] })), "BadParameterError LAYER");
});

Deno.test("operationOf() is GetCapabilities when none is named, and accepts names in any case", () => {
  assert.equal(operationOf({}), "GetCapabilities");
  assert.equal(operationOf({ service: "wmts", request: "gettile" }), "GetTile");
  assert.equal(operationOf({ request: "GetFeatureInfo", version: "1.0.0" }), "GetFeatureInfo");
});

Deno.test("operationOf() refuses other services, operations and versions", () => {
  assert.equal(refusal(() => operationOf({ service: "WMS" })), "InvalidParameterValue service");
  assert.equal(refusal(() => operationOf({ request: "GetMap" })), "OperationNotSupported request");
  assert.equal(refusal(() => operationOf({ request: "GetTile", version: "1.1.0" })), "InvalidParameterValue version");
  // GetCapabilities negotiates: a client lists the versions that it knows.
  assert.equal(refusal(() => operationOf({ acceptversions: "2.0.0" })), "VersionNegotiationFailed acceptversions");
  assert.equal(refusal(() => operationOf({ acceptversions: "2.0.0,1.0.0" })), "accepted");
  assert.equal(refusal(() => operationOf({ version: "1.1.0" })), "accepted");
});

const TILE = {
  layer: "hrrr_tmp2m",
  tilematrixset: "WebMercatorQuad",
  tilematrix: "2",
  tilecol: "3",
  tilerow: "1",
};

Deno.test("parseTileParameters() returns the tile, and default dimensions when none are given", () => {
  const { layer, tile, time, reference_time } = parseTileParameters(TILE);
  assert.deepEqual([layer, tile, time, reference_time], ["hrrr_tmp2m", { z: 2, x: 3, y: 1 }, "default", "default"]);
  assert.deepEqual(parseTileParameters({ ...TILE, time: "2026-02-17T06:00Z" }).time, new Date("2026-02-17T06:00:00Z"));
});

Deno.test("parseTileParameters() tells a tile outside the matrix from a value that is no number", () => {
  const refused = (change: Record<string, string | undefined>) =>
    refusal(() => parseTileParameters({ ...TILE, ...change }));
  assert.equal(refused({ tilecol: "4" }), "TileOutOfRange TileCol"); // zoom 2 has columns 0 to 3
  assert.equal(refused({ tilerow: "4" }), "TileOutOfRange TileRow");
  assert.equal(refused({ tilecol: "x" }), "InvalidParameterValue TileCol");
  assert.equal(refused({ tilerow: "-1" }), "InvalidParameterValue TileRow");
  assert.equal(refused({ tilematrix: "15" }), "InvalidParameterValue TileMatrix");
  assert.equal(refused({ tilematrixset: "WorldCRS84Quad" }), "BadParameterError tilematrixset");
  assert.equal(refused({ style: "dark" }), "BadParameterError style");
  assert.equal(refused({ format: "image/jpeg" }), "BadParameterError format");
  assert.equal(refused({ layer: undefined }), "BadParameterError layer");
  assert.equal(refused({ style: "default", format: "image/png" }), "accepted");
});

Deno.test("parsePixelParameters() accepts the pixels of the tile, and JSON unless another format is named", () => {
  assert.deepEqual(parsePixelParameters({ i: "0", j: "255" }, 256), { i: 0, j: 255, infoFormat: "application/json" });
  assert.equal(parsePixelParameters({ i: "0", j: "0", infoformat: "text/plain" }, 256).infoFormat, "text/plain");
  const refused = (raw: Record<string, string>) => refusal(() => parsePixelParameters(raw, 256));
  assert.equal(refused({ i: "256", j: "0" }), "BadParameterError i");
  assert.equal(refused({ i: "0", j: "-1" }), "BadParameterError j");
  assert.equal(refused({ i: "0" }), "BadParameterError j");
  assert.equal(refused({ i: "0", j: "0", infoformat: "text/html" }), "BadParameterError infoformat");
});
