import assert from "node:assert/strict";
import { keptLog } from "../tests/support/kept_log.ts";
import { frameId, RUN } from "../tests/support/published_root.ts";
import { DamageLog } from "./damage_log.ts";
import { BadArtifactError, DamagedError } from "./errors.ts";

Deno.test("DamageLog logs each damage of a frame once, with its reason", () => {
  const { log, records } = keptLog();
  const damages = new DamageLog(log);
  const report = (fh: number, reason: string) =>
    damages.report(DamagedError.frame(frameId(fh), new BadArtifactError(reason)));
  for (let i = 0; i < 3; i++) report(0, "cut short");
  report(0, "another hash"); // another damage of the same frame
  report(1, "cut short");
  assert.deepEqual(
    records.map(({ properties: { what, reason } }) => [String(what).split(" ")[4], reason]),
    [
      ["hrrr/20260217_06z/tmp2m/0", "cut short"],
      ["hrrr/20260217_06z/tmp2m/0", "another hash"],
      ["hrrr/20260217_06z/tmp2m/1", "cut short"],
    ],
  );
  assert.equal(damages.count, 3);
});

Deno.test("DamageLog leaves a damaged manifest to the reader of the manifest, which logged it", () => {
  const { log, records } = keptLog();
  const damages = new DamageLog(log);
  damages.report(DamagedError.run(frameId(0).model, RUN));
  assert.deepEqual([records.length, damages.count], [0, 0]);
});
