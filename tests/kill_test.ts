import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { framesAnswerSchema, varsAnswerSchema } from "../contract/api.ts";
import { layOutRealBuckets } from "./support/real_bucket.ts";
import { builderCommand, runCommand } from "./support/run_command.ts";
import { testWithSharedData } from "./support/shared_data.ts";
import { filesUnder, tempDir } from "./support/temp_dir.ts";
import { type TestApp, testApp } from "./support/test_app.ts";

const RUN = "20260129_17z";
const VARS = ["tmp2m", "refc", "apcp"];

/** Where a build is killed, by what is on the disk at that moment. */
const MOMENTS: Readonly<Record<string, (files: readonly string[]) => boolean>> = {
  "a message was fetched": (files) => files.some((file) => file.startsWith("cache/")),
  "a picture is being staged": (files) => files.some((file) => file.startsWith("staging/")),
  "a frame is staged": (files) => files.some((file) => /^staging\/.*\.json$/.test(file)),
  "a frame is moved, half or whole": (files) => files.some((file) => file.startsWith("published/")),
  "a manifest is written": (files) => files.some((file) => file.startsWith("manifests/")),
};

testWithSharedData(
  "a build that is killed at any step shows readers whole frames only, and goes on from there when it is run again",
  async () => {
    await using folder = await tempDir();
    await layOutRealBuckets(folder.path);
    const dataRoot = `${folder.path}/data`;
    await Deno.mkdir(dataRoot);
    const args = [
      ...["--model", "hrrr", "--run", RUN, "--fhs", "6", "--vars", VARS.join(","), "--data-root", dataRoot, "--json"],
      ...["--source", pathToFileURL(`${folder.path}/hrrr`).href],
    ];
    using server = await testApp(dataRoot);

    for (const [moment, isReached] of Object.entries(MOMENTS)) {
      const child = builderCommand("builder/cli/build_run.ts", args).spawn();
      let isRunning = true;
      const output = child.output().finally(() => isRunning = false);
      while (isRunning && !isReached(await filesUnder(dataRoot))) await new Promise((wake) => setTimeout(wake, 2));
      if (isRunning) child.kill("SIGKILL");
      const { signal, stderr } = await output;
      assert.equal(signal, "SIGKILL", `${moment}: ${new TextDecoder().decode(stderr)}`);
      await readAllThatIsListed(server);
    }

    const before = await readAllThatIsListed(server);
    const { code, stdout, stderr } = await runCommand("builder/cli/build_run.ts", args);
    assert.equal(code, 0, stderr);
    const { published, already_published } = JSON.parse(stdout);
    assert.deepEqual([published + already_published, already_published], [VARS.length, before]);
    await new Promise((wake) => setTimeout(wake, 1100)); // a server may show the state of a second ago
    assert.equal(await readAllThatIsListed(server), VARS.length);

    const verified = await runCommand("builder/cli/verify.ts", ["--data-root", dataRoot]);
    assert.equal(verified.code, 0, verified.stderr);
    const left = (await filesUnder(dataRoot)).filter((path) => path.startsWith("staging/"));
    assert.deepEqual(left.filter((path) => !path.includes(".tmp")), []);
  },
);

/** Reads each frame that the API lists in every way there is. @returns how many there are */
async function readAllThatIsListed(server: TestApp): Promise<number> {
  const run = await server.get(`/api/v3/hrrr/${RUN}/vars`);
  if (run.status === 404) return 0;
  let count = 0;
  for (const { id } of varsAnswerSchema.parse(await run.json()).vars) {
    const { frames } = framesAnswerSchema.parse(await (await server.get(`/api/v3/hrrr/${RUN}/${id}/frames`)).json());
    for (const { fh } of frames) {
      const frame = `${RUN}/${id}/${fh}`;
      assert.equal((await server.get(`/api/v3/hrrr/${frame}`)).status, 200, frame);
      for (const tile of ["3/1/3", "5/7/12", "7/30/48"]) {
        const { status } = await server.get(`/tiles/v3/hrrr/${frame}/${tile}.png`);
        assert.equal(status, 200, `${frame} ${tile}`);
      }
      const sample = await server.get(`/api/v3/sample?model=hrrr&run=${RUN}&var=${id}&fh=${fh}&lat=39&lon=-98`);
      assert.ok([200, 204].includes(sample.status), `${frame}: ${sample.status}`);
      count++;
    }
  }
  return count;
}
