import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { recordVerifiedFeed, requireVerifiedFeed, UnverifiedFeedError } from "../../builder/feed_check/feed_record.ts";
import { rrfs } from "../../builder/models/rrfs.ts";
import { findModel, MODELS } from "../../builder/models/registry.ts";
import { parseIdx } from "../../builder/sources/idx.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import { leadOfHours, leadText } from "../../contract/lead.ts";
import { layOutRealBuckets, REAL_FILES } from "../support/real_bucket.ts";
import { runCommand } from "../support/run_command.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { tempDir } from "../support/temp_dir.ts";
import { runId } from "../support/identity.ts";

/** The variables that can be built from the real (or moved) messages of each file. */
const CHECKS = [
  { model: "hrrr", run: "20260129_17z", hour: 1, vars: "tmp2m,refc" },
  { model: "hrrr", run: "20260129_17z", hour: 6, vars: "tmp2m,refc,radar_ptype,precip_ptype,apcp,apcp1h" },
  { model: "gfs", run: "20260129_12z", hour: 6, vars: "tmp2m,prmsl" },
  { model: "gfs", run: "20200626_12z", hour: 0, vars: "wspd10m,wdir10m" },
  { model: "ecmwf", run: "20250115_18z", hour: 24, vars: "tmp2m,prmsl" },
  { model: "ecmwf", run: "20260310_00z", hour: 0, vars: "snod,tcdc" },
  // HRRR's messages at the paths and times of other models.
  { model: "rrfs", run: "20260901_12z", hour: 6, vars: "tmp2m,refc,radar_ptype,precip_ptype,apcp" },
  { model: "nam", run: "20260129_12z", hour: 6, vars: "tmp2m,refc" },
] as const;

function checkModel(args: readonly string[]) {
  return runCommand("builder/cli/check_model.ts", args);
}

testWithSharedData("check-model passes on the real bytes of each model in the layout of its bucket", async () => {
  await using folder = await tempDir();
  await layOutRealBuckets(folder.path);
  for (const { model, run, hour, vars } of CHECKS) {
    const { code, stdout, stderr } = await checkModel([
      "--model",
      model,
      "--run",
      run,
      "--fh",
      String(hour),
      "--vars",
      vars,
      "--data-root",
      `${folder.path}/data`,
      "--source",
      pathToFileURL(`${folder.path}/${model}`).href,
      "--json",
    ]);
    assert.equal(code, 0, stderr);
    const answer = JSON.parse(stdout);
    assert.deepEqual(
      answer.variables.map(({ id, problem }: { id: string; problem: null }) => [id, problem]),
      vars.split(",").map((id) => [id, null]),
    );
    assert.equal(answer.recorded, false, "a source that was named is not the model's live feed");
  }
});

Deno.test("check-model takes one forecast hour that all of the variables have", async () => {
  await using folder = await tempDir();
  for (
    const [fh, reason] of [
      ["0", /^error: --fh 0: 20260129_12z has these variables at forecast hours 1 to 48$/m],
      [
        "0-18",
        /^error: --fh "0-18": expected a frame such as 3 or 3m15: hours from 0 to 999, and minutes from 01 to 59$/m,
      ],
    ] as const
  ) {
    const args = ["--model", "hrrr", "--run", "20260129_12z", "--vars", "tmp2m,apcp", "--fh", fh];
    const { code, stderr } = await checkModel([...args, "--data-root", folder.path]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, reason);
  }
});

testWithSharedData("check-model names the missing message or the fault of each variable", async () => {
  await using folder = await tempDir();
  await layOutRealBuckets(folder.path);
  const check = (vars: string, model = "gfs") =>
    checkModel([
      "--model",
      model,
      "--run",
      "20260129_12z",
      "--fh",
      "6",
      "--vars",
      vars,
      "--data-root",
      `${folder.path}/data`,
      "--source",
      pathToFileURL(`${folder.path}/gfs`).href,
    ]);
  const { code, stderr } = await check("tmp2m,gust");
  assert.equal(code, 1);
  assert.match(stderr, /^ok {4}tmp2m .* °F, from TMP:2 m above ground:6 hour fcst$/m);
  assert.match(stderr, /^FAIL {2}gust: .*GUST:surface of gfs 20260129_12z forecast hour 6/m);
  assert.match(stderr, /1 of 2 variables pass$/m);
  // GFS bytes at HRRR's path: the grid is wrong.
  await Deno.mkdir(`${folder.path}/wrong/hrrr.20260129/conus`, { recursive: true });
  const object = `${folder.path}/gfs/gfs.20260129/12/atmos/gfs.t12z.pgrb2.0p25.f006`;
  for (const suffix of ["", ".idx"]) {
    await Deno.copyFile(object + suffix, `${folder.path}/wrong/hrrr.20260129/conus/hrrr.t12z.wrfsfcf06.grib2${suffix}`);
  }
  const wrong = await checkModel([
    "--model",
    "hrrr",
    "--run",
    "20260129_12z",
    "--fh",
    "6",
    "--vars",
    "tmp2m",
    "--data-root",
    `${folder.path}/data`,
    "--source",
    pathToFileURL(`${folder.path}/wrong`).href,
  ]);
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stderr,
    /FAIL {2}tmp2m: Wrong grid: .* has grid template 0 \(latitude\/longitude\), expected 30 \(Lambert conformal\)/,
  );
});

Deno.test("check-model refuses a cycle that the model does not have", async () => {
  await using folder = await tempDir();
  const args = ["--model", "gfs", "--run", "20260129_13z", "--data-root", folder.path];
  const { code, stderr } = await runCommand("builder/cli/check_model.ts", args);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /^error: --run 20260129_13z: gfs has no cycle at this hour; .* at 0, 6, 12, 18 UTC$/m);
});

Deno.test("a model with a verified feed may run unattended; another one needs its record", async () => {
  await using root = await tempDir();
  assert.deepEqual(MODELS.filter(({ feed }) => feed === "verified").map(({ id }) => id), [
    "hrrr",
    "gfs",
    "ecmwf",
  ]);
  for (const model of MODELS) {
    if (model.feed === "verified") await requireVerifiedFeed(root.path, model);
    else await assert.rejects(requireVerifiedFeed(root.path, model), UnverifiedFeedError);
  }
  await recordVerifiedFeed(root.path, rrfs.id, {
    run: runId("20261101_12z"),
    frame: leadText(leadOfHours(1)),
    fh: 1,
    variables: ["tmp2m"],
    sources: ["aws"],
  });
  await requireVerifiedFeed(root.path, rrfs);
  await Deno.writeTextFile(`${root.path}/acquisition/rrfs.json`, "{");
  await assert.rejects(requireVerifiedFeed(root.path, rrfs), /acquisition\/rrfs\.json/);
});

/** Paths of the whole inventories of real files, by model, run and forecast hour. */
const REAL_INVENTORIES: Readonly<Record<string, string>> = {
  "hrrr 20260129_17z 0": "hrrr/hrrr.20260129.t17z.wrfsfcf00.grib2.idx",
  "hrrr 20260129_17z 1": "hrrr/hrrr.20260129.t17z.wrfsfcf01.grib2.idx",
  "hrrr 20260129_17z 6": "hrrr/hrrr.20260129.t17z.wrfsfcf06.grib2.idx",
  "gfs 20260129_12z 0": "gfs/gfs.20260129.t12z.pgrb2.0p25.f000.idx",
  "gfs 20260129_12z 6": "gfs/gfs.20260129.t12z.pgrb2.0p25.f006.idx",
};

testWithSharedData("the copied buckets' inventories describe messages like the real ones", async () => {
  await using folder = await tempDir();
  await layOutRealBuckets(folder.path);
  let compared = 0;
  for (const { model, product, run, hour } of REAL_FILES) {
    const real = REAL_INVENTORIES[`${model} ${run} ${hour}`];
    if (!real) continue;
    const { indexPath } = remoteFile(findModel(model).layouts, product, runId(run), leadOfHours(hour));
    const theirs = parseIdx(Deno.readTextFileSync(requireSharedData(real))).entries.map(({ description }) =>
      description
    );
    for (const { description } of parseIdx(Deno.readTextFileSync(`${folder.path}/${model}/${indexPath}`)).entries) {
      assert.ok(theirs.includes(description), `${real}: ${description}`);
      compared++;
    }
  }
  assert.ok(compared > 15);
});
