import assert from "node:assert/strict";
import { PNG } from "pngjs";
import { contourCollectionSchema } from "../../contract/contours.ts";
import { framesAnswerSchema, varsAnswerSchema } from "../../contract/api.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import type { TestApp } from "./test_app.ts";

const TILES = ["3/1/3", "5/7/12", "7/30/48"];

/**
 * Reads each frame that the API lists for a run in every way there is, as clients do, and checks each answer against
 * its schema. A frame that is removed while it is read may answer 404 if `mayGo` is set.
 * @returns the number of frames that were read
 */
export async function readEverything(
  server: TestApp,
  run: string,
  { model = "hrrr", mayGo = false } = {},
): Promise<number> {
  const get = async (path: string, also: readonly number[] = []) => {
    const response = await server.get(path);
    const isGone = mayGo && response.status === 404;
    assert.ok(response.status === 200 || isGone || also.includes(response.status), `${path}: ${response.status}`);
    if (response.status === 200) return response;
    await response.body?.cancel();
    return null;
  };
  const vars = await get(`/api/v3/${model}/${run}/vars`, [404]);
  if (!vars) return 0;
  let count = 0;
  for (const { id } of varsAnswerSchema.parse(await vars.json()).vars) {
    const answer = await get(`/api/v3/${model}/${run}/${id}/frames`);
    if (!answer) continue;
    for (const { frame: text } of framesAnswerSchema.parse(await answer.json()).frames) {
      const frame = `${run}/${id}/${text}`;
      const sidecar = await get(`/api/v3/${model}/${frame}`);
      if (!sidecar) continue;
      for (const key of Object.keys(sidecarSchema.parse(await sidecar.json()).contours ?? {})) {
        const lines = await get(`/api/v3/${model}/${frame}/contours/${key}`);
        if (lines) contourCollectionSchema.parse(await lines.json());
      }
      for (const tile of TILES) {
        const picture = await get(`/tiles/v3/${model}/${frame}/${tile}.png`);
        if (picture) PNG.sync.read(Buffer.from(await picture.arrayBuffer()));
      }
      const sample = await get(`/api/v3/sample?model=${model}&run=${run}&var=${id}&fh=${text}&lat=39&lon=-98`, [204]);
      if (sample) assert.equal(typeof (await sample.json()).value, "number");
      count++;
    }
  }
  return count;
}
