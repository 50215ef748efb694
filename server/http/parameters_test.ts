import assert from "node:assert/strict";
import * as z from "zod";
import { BadParameterError } from "../errors.ts";
import { memoizedParser, parseParameters, singleValues } from "./parameters.ts";

const zoom = z.string().regex(/^[0-9]$/, "expected a zoom from 0 to 9").transform(Number);
const schema = z.object({ z: zoom, style: z.string().optional() });

Deno.test("parseParameters() returns typed values, and names the first parameter that is wrong or missing", () => {
  assert.deepEqual(parseParameters(schema, { z: "7", style: "dark" }), { z: 7, style: "dark" });
  for (
    const [raw, value, message] of [
      [{ z: "x" }, "x", 'Parameter "z" is "x": expected a zoom from 0 to 9'],
      [{ z: "" }, "", 'Parameter "z" is "": expected a zoom from 0 to 9'],
      [{}, null, 'Parameter "z" is required: expected a zoom from 0 to 9'],
    ] as const
  ) {
    assert.throws(() => parseParameters(schema, raw), (error: unknown) => {
      assert.ok(error instanceof BadParameterError);
      assert.deepEqual([error.parameter, error.value, error.message], ["z", value, message]);
      return true;
    });
  }
});

Deno.test("memoizedParser() parses equal parameters once, and a failure each time", () => {
  let parsings = 0;
  const counted = z.object({
    z: zoom.transform((value) => {
      parsings++;
      return value;
    }),
    style: z.string().optional(),
  });
  const parse = memoizedParser(counted, ["z", "style"]);
  assert.equal(parse({ z: "7" }), parse({ z: "7" }));
  assert.equal(parsings, 1);
  for (let i = 0; i < 2; i++) assert.throws(() => parse({ z: "x" }), BadParameterError);
  // A missing parameter differs from an empty one.
  assert.deepEqual([parse({ z: "7", style: "" }), parse({ z: "7" })], [{ z: 7, style: "" }, { z: 7 }]);
  assert.equal(parsings, 2);
});

Deno.test("singleValues() accepts each known parameter once, and refuses repeated and unknown ones", () => {
  assert.deepEqual(singleValues({ z: ["7"] }, ["z", "style"]), { z: "7" });
  for (
    const [queries, known, message] of [
      [{ z: ["7", "8"] }, ["z"], 'Parameter "z" is "7, 8": expected once'],
      [{ zoom: ["7"] }, ["z", "style"], 'Parameter "zoom" is "7": unknown parameter: expected z, style'],
      [{ zoom: ["7"] }, [], 'Parameter "zoom" is "7": unknown parameter: this address takes no parameters'],
    ] as const
  ) {
    assert.throws(() => singleValues(queries, known), { name: "BadParameterError", message });
  }
});
