import assert from "node:assert/strict";
import { modelGeometry } from "../contract/models.ts";
import { artifactPath, manifestPath, rootsBelow } from "../contract/paths.ts";
import { latitude, longitude } from "../contract/projection.ts";
import { verifyRun } from "../builder/publish/verify_run.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { makeFrameOf30 } from "./support/frame_of_3_0.ts";
import { frameId, publishedRoot, publishHour, RUN } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

const FRAME = frameId(0);
const API = `/api/v3/hrrr/${RUN}/tmp2m`;

Deno.test("a data root of contract 3.0 is served and verified as it is, and later frames join it", async () => {
  await using root = await publishedRoot([0]);
  const means = await makeFrameOf30(root.dataRoot, FRAME);
  {
    using app = await testApp(root.dataRoot);
    const sidecar = await (await app.get(`${API}/0`)).json();
    assert.deepEqual([sidecar.contract_version, sidecar.frame], ["3.0", "0"]);
    assert.equal((await app.get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/4/3/6.png`)).status, 200);
    const { grid: { westM, northM } } = modelGeometry("hrrr")!;
    for (const [column, row] of [[300, 200], [344, 191], [500, 100]] as const) {
      const [lon, lat] = [longitude(westM + (column + 0.5) * 12000), latitude(northM - (row + 0.5) * 12000)];
      for (const zoom of ["", "&z=7"]) {
        const url = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=${lat}&lon=${lon}${zoom}`;
        const { value } = await (await app.get(url)).json();
        assert.ok(Math.abs(value - means[row * 688 + column]!) <= 0.501, `${url}: ${value}`);
      }
    }
  }
  assert.deepEqual((await verifyRun(rootsBelow(root.dataRoot), hrrr, RUN)).findings, []);
  await publishHour(root.dataRoot, RUN, 1);
  using app = await testApp(root.dataRoot);
  const { frames } = await (await app.get(`${API}/frames`)).json();
  assert.deepEqual(frames.map(({ frame }: { frame: string }) => frame), ["0", "1"]);
  assert.equal((await (await app.get(`${API}/1`)).json()).contract_version, "3.1");
  assert.deepEqual((await verifyRun(rootsBelow(root.dataRoot), hrrr, RUN)).findings, []);
});

Deno.test("a document of an unknown version is refused, and the message names the version", async () => {
  await using root = await publishedRoot([0]);
  const path = `${root.dataRoot}/${artifactPath("published", FRAME, "sidecar")}`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('"contract_version": "3.1"', '"contract_version": "4.0"'));
  assert.match(await Deno.readTextFile(path), /4\.0/);
  using app = await testApp(root.dataRoot);
  assert.equal((await app.get(`${API}/0`)).status, 503);
  const { findings } = await verifyRun(rootsBelow(root.dataRoot), hrrr, RUN);
  assert.match(findings[0]!.problem, /expected a document of contract version 3\.0 or 3\.1, found 4\.0/);

  const manifest = `${root.dataRoot}/${manifestPath(FRAME.model, RUN)}`;
  const listed = await Deno.readTextFile(manifest);
  await Deno.writeTextFile(manifest, listed.replace(/"contract_version": ?"3\.1"/, '"contract_version": "2.0"'));
  using other = await testApp(root.dataRoot);
  const { runs } = await (await other.get("/api/v3/hrrr/runs")).json();
  assert.deepEqual(runs, [], "a run of an unknown version is not listed");
});
