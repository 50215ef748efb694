import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { RUN } from "../support/published_root.ts";
import { publishedServer } from "../support/published_server.ts";
import { testWithDebian } from "../support/debian_programs.ts";

/** Not in the gate: QGIS is 100 MB of packages (`apt-get install python3-qgis`). */

const server = await publishedServer([0], ["tmp2m"]);
const SCRIPT = fileURLToPath(new URL("../clients/read_in_qgis.py", import.meta.url));

testWithDebian(["python:qgis"], "QGIS draws the WMTS layer and the tiles, and reads values and contours", async () => {
  const { code, stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
    args: [SCRIPT, server.origin, RUN],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const found = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(found.wmts > 50 && found.tiles > 50, `colours: ${found.wmts} of WMTS, ${found.tiles} of tiles`);
  assert.equal(found.band, "Band 1: 2 m temperature");
  assert.ok(found.contours > 0);
  // The point at x -10,000 km, y 4,500 km of EPSG:3857, as latitude and longitude.
  const url = `${server.origin}/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=37.42485&lon=-89.83153`;
  const { value } = await (await fetch(url)).json();
  assert.ok(Math.abs(found.value - value) <= 0.05, `${found.value} in QGIS, ${value} in the API`);
});
