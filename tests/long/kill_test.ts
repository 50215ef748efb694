import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PHASES } from "../../builder/publish/phases.ts";
import { readEverything } from "../support/read_everything.ts";
import { builderCommand, runCommand } from "../support/run_command.ts";
import { GFS_RUN, putHour } from "../support/short_run.ts";
import { filesUnder, tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";

/** A run of two variables and three hours, and its arguments. */
const HOURS = [0, 1, 2];
const FRAMES = 2 * HOURS.length;

async function aRun(folder: string): Promise<{ dataRoot: string; args: readonly string[] }> {
  for (const hour of HOURS) await putHour(`${folder}/bucket`, GFS_RUN, hour);
  const dataRoot = `${folder}/data`;
  await Deno.mkdir(dataRoot);
  const source = pathToFileURL(`${folder}/bucket`).href;
  const options = { model: "gfs", run: GFS_RUN, fhs: "0-2", vars: "tmp2m,refc", "data-root": dataRoot, source };
  return { dataRoot, args: ["--json", ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])] };
}

const READ = { model: "gfs" };

/** Moments at which a build is killed, recognized by the files on the disk. */
const MOMENTS: Readonly<Record<string, (files: readonly string[]) => boolean>> = {
  "a message was fetched": (files) => files.some((file) => file.startsWith("cache/")),
  "a picture is being staged": (files) => files.some((file) => file.startsWith("staging/")),
  "a frame is staged": (files) => files.some((file) => /^staging\/.*\.json$/.test(file)),
  "a frame is moved, half or whole": (files) => files.some((file) => file.startsWith("published/")),
  "a manifest is written": (files) => files.some((file) => file.startsWith("manifests/")),
};

Deno.test(
  "a build that is killed at any step shows readers whole frames only, and continues when it is run again",
  async () => {
    await using folder = await tempDir();
    const { dataRoot, args } = await aRun(folder.path);
    using server = await testApp(dataRoot);

    for (const [moment, isReached] of Object.entries(MOMENTS)) {
      const child = builderCommand("builder/cli/build_run.ts", args).spawn();
      let isRunning = true;
      const output = child.output().finally(() => isRunning = false);
      while (isRunning && !isReached(await filesUnder(dataRoot))) await new Promise((wake) => setTimeout(wake, 2));
      if (isRunning) child.kill("SIGKILL");
      const { signal, stderr } = await output;
      assert.equal(signal, "SIGKILL", `${moment}: ${new TextDecoder().decode(stderr)}`);
      await readEverything(server, GFS_RUN, READ);
    }

    server.passSecond();
    const before = await readEverything(server, GFS_RUN, READ);
    const { code, stdout, stderr } = await runCommand("builder/cli/build_run.ts", args);
    assert.equal(code, 0, stderr);
    const { published, already_published } = JSON.parse(stdout);
    assert.deepEqual([published + already_published, already_published], [FRAMES, before]);
    server.passSecond();
    assert.equal(await readEverything(server, GFS_RUN, READ), FRAMES);

    const verified = await runCommand("builder/cli/verify.ts", ["--data-root", dataRoot]);
    assert.equal(verified.code, 0, verified.stderr);
    const left = (await filesUnder(dataRoot)).filter((path) => path.startsWith("staging/"));
    assert.deepEqual(left.filter((path) => !path.includes(".tmp")), []);
  },
);

Deno.test(
  "a build that is killed at each phase of a frame continues there, while readers see whole frames only",
  async () => {
    await using folder = await tempDir();
    const { dataRoot, args } = await aRun(folder.path);
    const preload = fileURLToPath(new URL("../support/stop_at_phase.ts", import.meta.url));
    using server = await testApp(dataRoot);
    let isReading = true;
    const readers = (async () => {
      while (isReading) {
        await readEverything(server, GFS_RUN, READ);
        await new Promise((wake) => setTimeout(wake, 20));
      }
    })();

    for (const phase of PHASES) {
      const child = builderCommand("builder/cli/build_run.ts", args, { preload, env: { TEST_STOP_AT: phase } }).spawn();
      const stderr = await textUntil(child.stderr, `STOPPED AT ${phase}`);
      child.kill("SIGKILL");
      assert.equal((await child.status).signal, "SIGKILL", `${phase}: ${stderr}`);
      await child.stdout.cancel();
    }
    isReading = false;
    await readers;
    const latest = JSON.parse(await Deno.readTextFile(`${dataRoot}/published/gfs/LATEST.json`));
    assert.equal(latest.run_id, GFS_RUN);

    const { code, stdout, stderr } = await runCommand("builder/cli/build_run.ts", args);
    assert.equal(code, 0, stderr);
    const { published, already_published } = JSON.parse(stdout);
    assert.equal(published + already_published, FRAMES);
    assert.ok(already_published >= 3, "what was promoted is not built again");
    const verified = await runCommand("builder/cli/verify.ts", ["--data-root", dataRoot]);
    assert.equal(verified.code, 0, verified.stderr);
  },
);

/** Reads a stream until a text occurs in it, or to its end. */
async function textUntil(stream: ReadableStream<Uint8Array>, wanted: string): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    text += chunk;
    if (text.includes(wanted)) break;
  }
  return text;
}
