import assert from "node:assert/strict";
import { BadParameterError } from "../server/errors.ts";
import { parseParameters } from "../server/http/parameters.ts";
import {
  frameOrLatestParameters,
  frameParameters,
  requireNoQuery,
  tileQueryIn,
  versionIn,
} from "./frame_parameters.ts";
import { leadOfHours } from "../contract/lead.ts";

const VERSION = "0123456789ab";
const request = (query: string) =>
  new Request(`http://localhost/tiles/v3/hrrr/20260217_06z/tmp2m/3/5/7/12.png${query}`);
/** Returns the parameter that is named when a query is refused. */
const refusedIn = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof BadParameterError, String(error));
    return error.parameter;
  }
  return assert.fail("it was accepted");
};

Deno.test("frameParameters are a frame's identity and version; only frameOrLatestParameters take the run `latest`", () => {
  const identity = { model: "hrrr", run: "20260217_06z", var: "tmp2m", v: VERSION };
  const raw = { ...identity, fh: "3" };
  assert.deepEqual(parseParameters(frameParameters, raw), { ...identity, lead: leadOfHours(3) });
  const latest = { ...raw, run: "latest" };
  assert.equal(refusedIn(() => parseParameters(frameParameters, latest)), "run");
  assert.deepEqual(parseParameters(frameOrLatestParameters, latest), { ...latest, fh: leadOfHours(3) });
});

Deno.test("versionIn() returns the text of `v`, which may be the only parameter", () => {
  assert.equal(versionIn(request(`?v=${VERSION}`)), VERSION);
  assert.equal(versionIn(request("")), undefined);
  assert.equal(versionIn(request("?v=")), "", "the schema of versions refuses it");
  assert.equal(refusedIn(() => versionIn(request("?t=1"))), "t");
  assert.equal(refusedIn(() => versionIn(request(`?v=${VERSION}&t=1`))), "t", "the parameter that is too many");
  assert.equal(refusedIn(() => versionIn(request("?a%20b=1"))), "a b");
  assert.equal(refusedIn(() => versionIn(request("?%E0=1"))), "%E0", "malformed percent-encoding stays as it is");
});

Deno.test("tileQueryIn() reads `v` and then `empty=png`, in this order and no other", () => {
  assert.deepEqual(tileQueryIn(request("")), { v: undefined, isEmptyPng: false });
  assert.deepEqual(tileQueryIn(request(`?v=${VERSION}`)), { v: VERSION, isEmptyPng: false });
  assert.deepEqual(tileQueryIn(request("?empty=png")), { v: undefined, isEmptyPng: true });
  assert.deepEqual(tileQueryIn(request(`?v=${VERSION}&empty=png`)), { v: VERSION, isEmptyPng: true });
  for (const query of [`?empty=png&v=${VERSION}`, "?empty=gif", "?empty=png&empty=png"]) {
    assert.equal(refusedIn(() => tileQueryIn(request(query))), "empty", query);
  }
});

Deno.test("requireNoQuery() accepts an address that ends with a question mark, and names the first parameter", () => {
  requireNoQuery(request(""));
  requireNoQuery(request("?"));
  assert.equal(refusedIn(() => requireNoQuery(request("?t=1&u=2"))), "t");
});
