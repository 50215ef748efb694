import assert from "node:assert/strict";
import { manifestSchema } from "../../contract/manifest.ts";
import { changed, type Fault, faultyBucket, status } from "../support/faulty_bucket.ts";
import { layOutRealBuckets } from "../support/real_bucket.ts";
import { runCommand } from "../support/run_command.ts";
import { testWithSharedData } from "../support/shared_data.ts";
import { filesUnder, tempDir } from "../support/temp_dir.ts";

/** Tests of `deno task build-run` against copies of the buckets, over HTTP. */

const HOUR_6 = ["tmp2m", "refc", "radar_ptype", "precip_ptype", "apcp", "apcp1h"];

/** Starts the bucket of a model over the shared messages, and a data root that is built from it. */
async function startBucket(model: string, faults: readonly Fault[]) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir());
  await layOutRealBuckets(folder.path);
  const dataRoot = `${folder.path}/data`;
  const bucket = stack.use(faultyBucket(`${folder.path}/${model}`, faults));
  const options = ["--model", model, "--source", bucket.baseUrl, "--data-root", dataRoot, "--json"];
  const build = (...args: string[]) => runCommand("builder/cli/build_run.ts", [...options, ...args]);
  const started = stack.move();
  const end = () => started.disposeAsync();
  return { bucket, folder: `${folder.path}/${model}`, dataRoot, build, [Symbol.asyncDispose]: end };
}

async function publishedFrames(dataRoot: string, model: string, run: string): Promise<string[]> {
  const manifest = manifestSchema.parse(
    JSON.parse(await Deno.readTextFile(`${dataRoot}/manifests/${model}/${run}.json`)),
  );
  return Object.entries(manifest.variables).flatMap(([id, { frames }]) => frames.map(({ frame }) => `${id} ${frame}`))
    .sort();
}

testWithSharedData(
  "build-run fetches each byte of an hour once for all frames, and clears the cache when all are published",
  async () => {
    await using setting = await startBucket("hrrr", []);
    const { bucket, dataRoot, build } = setting;
    const { code, stdout, stderr } = await build("--run", "20260129_17z", "--fhs", "6", "--vars", HOUR_6.join(","));
    assert.equal(code, 0, stderr);
    const { published, failed, waiting } = JSON.parse(stdout);
    assert.deepEqual([published, failed, waiting], [6, 0, 0]);
    assert.deepEqual(
      await publishedFrames(dataRoot, "hrrr", "20260129_17z"),
      HOUR_6.map((id) => `${id} 6`).sort(),
    );
    // One index, and one range: the nine messages are neighbours. The end of the last message is requested first.
    const ranges = bucket.requests.filter(({ range }) => range !== null).map(({ range }) => range);
    assert.equal(bucket.requests.length - ranges.length, 1);
    assert.deepEqual(ranges, ["bytes=1549875-1549890", "bytes=0-2744333"]);
    assert.deepEqual((await filesUnder(dataRoot)).filter((path) => path.startsWith("cache/")), []);
  },
);

testWithSharedData(
  "build-run leaves frames without upstream files for the next call, and builds no frame twice",
  async () => {
    await using setting = await startBucket("gfs", []);
    const { bucket, dataRoot, build } = setting;
    const args = ["--run", "20260129_12z", "--fhs", "0,6", "--vars", "tmp2m,prmsl"];
    const first = await build(...args);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(JSON.parse(first.stdout), {
      model: "gfs",
      run: "20260129_12z",
      published: 3,
      already_published: 0,
      waiting: 1,
      failed: 0,
      failures: [],
    });
    assert.match(first.stderr, /3 published, 0 already published, 1 not available yet, 0 failed/);
    const requests = bucket.requests.length;
    const second = await build(...args);
    assert.equal(second.code, 0, second.stderr);
    const { published, already_published, waiting } = JSON.parse(second.stdout);
    assert.deepEqual([published, already_published, waiting], [0, 3, 1]);
    assert.deepEqual(bucket.requests.slice(requests).map(({ path }) => path), [
      "gfs.20260129/12/atmos/gfs.t12z.pgrb2.0p25.f000.idx",
    ]);
    assert.deepEqual(await publishedFrames(dataRoot, "gfs", "20260129_12z"), ["prmsl 6", "tmp2m 0", "tmp2m 6"]);
  },
);

testWithSharedData(
  "build-run publishes all other frames when one message is damaged, and names the failed ones",
  async () => {
    // The reflectivity message has wrong end bytes in every request that contains it.
    const damaged: Fault = {
      path: /wrfsfcf06\.grib2$/,
      effect: changed((body) => {
        if (body.length > 500_000) body.fill(0, 467_386, 467_390);
        return body;
      }),
    };
    await using setting = await startBucket("hrrr", [damaged]);
    const { dataRoot, build } = setting;
    const { code, stdout, stderr } = await build("--run", "20260129_17z", "--fhs", "6", "--vars", HOUR_6.join(","));
    assert.equal(code, 1);
    const { published, failures } = JSON.parse(stdout);
    assert.equal(published, 4);
    assert.deepEqual(failures.map((failure: { var: string }) => failure.var).sort(), ["radar_ptype", "refc"]);
    assert.match(stderr, /failed: refc forecast hour 6: .*\n.*bad-answer\): Corrupt GRIB: .* does not end in 7777/);
    assert.deepEqual(await publishedFrames(dataRoot, "hrrr", "20260129_17z"), [
      "apcp 6",
      "apcp1h 6",
      "precip_ptype 6",
      "tmp2m 6",
    ]);
    // The whole messages stay in the cache for the next attempt.
    assert.ok((await filesUnder(dataRoot)).some((path) => path.startsWith("cache/hrrr/20260129_17z/messages/")));
  },
);

testWithSharedData(
  "build-run exits 1 and names the reason when its source is down",
  async () => {
    await using setting = await startBucket("gfs", [{ path: /./, effect: status(403) }]);
    const { build, dataRoot } = setting;
    const { code, stdout } = await build("--run", "20260129_12z", "--fhs", "6", "--vars", "tmp2m");
    assert.equal(code, 1);
    assert.match(JSON.parse(stdout).failures[0].reason, /\(refused\): .*idx answered 403/);
    assert.deepEqual((await filesUnder(dataRoot)).filter((path) => path.startsWith("manifests/")), []);
  },
);

Deno.test("build-run refuses impossible options, and names the possible values", async () => {
  const refused: [args: string[], reason: RegExp][] = [
    [["--model", "hrrr"], /--run is required/],
    [["--model", "icon", "--run", "latest"], /Unknown model "icon": this builder knows hrrr, rrfs, gfs, ecmwf, nam/],
    [
      ["--model", "gfs", "--run", "20260129_13z", "--source", "file:///x"],
      /no cycle at this hour; .* at 0, 6, 12, 18 UTC/,
    ],
    [["--model", "rrfs", "--run", "20260901_13z", "--source", "file:///x"], /no hourly files of this cycle/],
    [["--model", "gfs", "--run", "20260129_12z", "--fhs", "121"], /--fhs "121": the run has forecast hours 0 to 384/],
    [["--model", "gfs", "--run", "20260129_12z", "--fhs", "6-3"], /--fhs "6-3": expected frames and ranges/],
    [["--model", "gfs", "--run", "20260129_12z", "--vars", "tmp2m,x"], /Unknown variable "x" of gfs/],
    [["--model", "nam", "--run", "20260129_12z"], /Model nam is unverified/],
  ];
  await using folder = await tempDir();
  for (const [args, reason] of refused) {
    const { code, stderr } = await runCommand("builder/cli/build_run.ts", [...args, "--data-root", folder.path]);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, reason);
  }
});
