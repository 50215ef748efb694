import assert from "node:assert/strict";
import { modelIdSchema, runIdSchema, varIdSchema } from "../../../contract/identity.ts";
import { frameTextSchema } from "../../../contract/lead.ts";
import { formatPermalink } from "./permalink.ts";

Deno.test("formatPermalink() writes identity, view and flags in a fixed order, whatever the order of the state", () => {
  const link = {
    lines: false,
    values: true,
    fh: frameTextSchema.parse("3"),
    run: runIdSchema.parse("20260217_06z"),
    var: varIdSchema.parse("tmp2m"),
    model: modelIdSchema.parse("hrrr"),
  };
  assert.equal(formatPermalink(link), "?model=hrrr&run=20260217_06z&var=tmp2m&fh=3&lines=0&values=1");
});

Deno.test("formatPermalink() keeps 4 decimals of degrees, about 11 m, and 2 decimals of a zoom", () => {
  const point = { latDeg: 45.123456, lonDeg: -120.7 };
  assert.equal(formatPermalink({ at: { ...point, zoom: 6.25678 } }), "?at=45.1235,-120.7000,6.26");
  assert.equal(formatPermalink({ pin: point }), "?pin=45.1235,-120.7000");
});

Deno.test("formatPermalink() writes nothing for a state that is all defaults", () => {
  assert.equal(formatPermalink({}), "");
});
