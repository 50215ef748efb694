import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { fieldHeaders } from "../builder/grib/field_header.ts";
import { frame } from "./support/identity.ts";
import { layOutHours } from "./support/real_bucket.ts";
import { runBuildFrame } from "./support/run_command.ts";
import { testWithSharedData } from "./support/shared_data.ts";
import { filesUnder, tempDir } from "./support/temp_dir.ts";

/** Offset of the low byte of the centre: octet 7 of section 1, after the 16 bytes of section 0. */
const CENTRE = 16 + 6;

testWithSharedData("build-frame asks the next mirror when one has messages of another centre", async () => {
  await using folder = await tempDir();
  const [wrong, right] = ["wrong", "right"].map((name) => `${folder.path}/${name}`) as [string, string];
  for (const bucket of [wrong, right]) await layOutHours(bucket, [0]);
  for (const name of (await filesUnder(wrong)).filter((name) => name.endsWith(".grib2"))) {
    const bytes = await Deno.readFile(`${wrong}/${name}`);
    for (const { span } of fieldHeaders(bytes, name)) bytes[span.start + CENTRE]! ^= 1;
    await Deno.writeFile(`${wrong}/${name}`, bytes);
  }
  const build = (...buckets: string[]) =>
    runBuildFrame(
      frame("hrrr/20260129_17z/tmp2m/0"),
      ["--data-root", folder.path, "--source", buckets.map((bucket) => pathToFileURL(bucket).href).join(",")],
    );
  const alone = await build(wrong);
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, /^error: .*centre/m);
  const both = await build(wrong, right);
  assert.equal(both.code, 0, both.stderr);
  assert.match(both.stderr, /^file: .*centre.*; trying another source$/m);
  assert.match(both.stderr, /^staged: hrrr 20260129_17z tmp2m fh 0/m);
});
