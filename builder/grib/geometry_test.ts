import assert from "node:assert/strict";
import { isLatLon, projectionParameter, type SourceGeometry } from "./geometry.ts";

const at = (projection: string): SourceGeometry => ({ geoTransform: [0, 1, 0, 0, 0, -1], projection });
const LAMBERT = at(
  "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +x_0=0 +y_0=0 +R=6371229 +units=m +no_defs",
);

Deno.test("isLatLon() is true only for grids of longitude and latitude", () => {
  assert.equal(isLatLon(at("+proj=longlat +R=6371229 +no_defs")), true);
  assert.equal(isLatLon(at("+proj=latlong +datum=WGS84")), true);
  assert.equal(isLatLon(LAMBERT), false);
  assert.equal(isLatLon(at("+proj=stere +lat_0=90 +lon_0=255 +R=6371229")), false);
  assert.equal(isLatLon(at("+proj=ob_tran +o_proj=longlat +o_lat_p=53.9 +R=6371229")), false);
  assert.equal(isLatLon(at("+proj=longlatitude")), false);
  assert.equal(isLatLon(at("")), false);
});

Deno.test("projectionParameter() reads numbers of the PROJ string in any notation", () => {
  assert.equal(projectionParameter(LAMBERT, "lat_1"), 38.5);
  assert.equal(projectionParameter(LAMBERT, "lon_0"), -97.5);
  assert.equal(projectionParameter(LAMBERT, "R"), 6371229);
  assert.equal(projectionParameter(LAMBERT, "x_0"), 0);
  assert.equal(projectionParameter(at("+proj=x +a=6.4e+6 +b=-1E-3"), "a"), 6_400_000);
  assert.equal(projectionParameter(at("+proj=x +a=6.4e+6 +b=-1E-3"), "b"), -0.001);
  assert.equal(projectionParameter(at("+proj=x +o_lat_1=7 +k_R=3 +lat_1=25 +R=5"), "lat_1"), 25);
  assert.equal(projectionParameter(at("+proj=x +o_lat_1=7 +k_R=3 +lat_1=25 +R=5"), "R"), 5);
});

Deno.test("projectionParameter() refuses a parameter that the string does not have, or that is not a number", () => {
  for (const name of ["lat_2x", "lat", "r", "units", "no_defs", "proj"]) {
    assert.throws(() => projectionParameter(LAMBERT, name), RangeError, name);
  }
  assert.throws(
    () => projectionParameter(at("+proj=longlat"), "R"),
    /^RangeError: Projection "\+proj=longlat" has no \+R$/,
  );
  assert.throws(() => projectionParameter(at("+proj=x +R="), "R"), RangeError);
  assert.throws(() => projectionParameter(at("+proj=x +R=-.e"), "R"), RangeError);
});
