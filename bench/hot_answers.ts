import type { VarId } from "../contract/identity.ts";
import { manifestSchema, manifestVariable } from "../contract/manifest.ts";
import { print } from "../builder/operations/terminal.ts";
import { testApp } from "../tests/support/test_app.ts";

/**
 * Time that the server takes for answers that are in memory, without sockets: microseconds per answer, the best of five
 * rounds. To compare with another commit, run both in turn on the same data root, which must have HRRR's 2 m
 * temperature.
 */

const ROUNDS = 5;
const [dataRoot] = Deno.args;
if (dataRoot === undefined) throw new Error("usage: deno task bench:hot-answers DATA_ROOT");

const app = await testApp(dataRoot, { TWF_V3_PREFETCH_HOURS: "0" });
const manifest = manifestSchema.parse(await (await app.get("/api/v3/hrrr/latest/manifest")).json());
const { run } = manifest;
const [frame] = manifestVariable(manifest, "tmp2m" as VarId)!.frames;
const tile = "tilematrixset=WebMercatorQuadx2&tilematrix=5&tilerow=12&tilecol=7";
const CASES: readonly [name: string, path: string, count: number][] = [
  ["tile", `/tiles/v3/hrrr/${run}/tmp2m/${frame!.fh}/5/7/12.png?v=${frame!.v}`, 4000],
  ["sample", `/api/v3/sample?model=hrrr&run=${run}&var=tmp2m&fh=${frame!.fh}&lat=39&lon=-98`, 4000],
  ["WMTS tile", `/wmts/v3?service=WMTS&request=GetTile&layer=hrrr_tmp2m&${tile}`, 1000],
  ["WMTS capabilities", "/wmts/v3", 20],
];

for (const [name, path, count] of CASES) {
  let bestMs = Infinity;
  for (let round = 0; round <= ROUNDS; round++) { // the first round warms up
    const began = performance.now();
    for (let i = 0; i < count; i++) await (await app.get(path)).arrayBuffer();
    if (round > 0) bestMs = Math.min(bestMs, (performance.now() - began) / count);
  }
  print(`${name.padEnd(20)} ${(bestMs * 1000).toFixed(1).padStart(8)} µs`);
}
app[Symbol.dispose]();
