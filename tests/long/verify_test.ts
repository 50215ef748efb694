import assert from "node:assert/strict";
import { hrrr } from "../../builder/models/hrrr.ts";
import { dropFrames } from "../../builder/publish/drop_frames.ts";
import { verifyRun } from "../../builder/publish/verify_run.ts";
import { type ArtifactKind, artifactPath, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { frameId, publishedRoot, RUN } from "../support/published_root.ts";
import { runCommand } from "../support/run_command.ts";
import { tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";
import { wholeHours } from "../../contract/lead.ts";

const root = await publishedRoot([0, 1]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

const pathOf = (kind: ArtifactKind, lead = 0) => `${root.dataRoot}/${artifactPath("published", frameId(lead), kind)}`;

/** Changes a file, verifies the run, and restores the file. */
async function findingsWith(path: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | null) {
  const whole = await Deno.readFile(path);
  try {
    const changed = change(whole.slice());
    await (changed === null ? Deno.remove(path) : Deno.writeFile(path, changed));
    return (await verifyRun(rootsBelow(root.dataRoot), hrrr, RUN)).findings.map((
      { frame, problem },
    ) => [frame ? wholeHours(frame.lead) : null, problem]);
  } finally {
    await Deno.writeFile(path, whole);
  }
}

const flipped = (at: number) => (bytes: Uint8Array<ArrayBuffer>) => {
  bytes[at] = bytes[at]! ^ 0xff;
  return bytes;
};

Deno.test("verifyRun() finds nothing wrong with a run that was not changed", async () => {
  assert.deepEqual(await verifyRun(rootsBelow(root.dataRoot), hrrr, RUN), { run: RUN, frames: 2, findings: [] });
});

Deno.test("verifyRun() names the frame and the file that was changed, cut short or removed", async () => {
  const cases: [path: string, change: Parameters<typeof findingsWith>[1], problem: RegExp][] = [
    [pathOf("rgba"), flipped(100_000), /^fh000\.rgba\.cog\.tif does not match the hash in its sidecar$/],
    [pathOf("values"), (bytes) => bytes.slice(0, -1), /^fh000\.val\.cog\.tif has [0-9]+ bytes, expected [0-9]+$/],
    [pathOf("contours"), flipped(500), /^fh000\.contours\.json does not match the hash in its sidecar$/],
    [pathOf("rgba"), () => null, /fh000\.rgba\.cog\.tif/],
    [pathOf("sidecar"), () => null, /^it has no sidecar$/],
    [pathOf("sidecar"), (bytes) => bytes.slice(0, 300), /fh000\.json/],
    [
      pathOf("sidecar"),
      (bytes) => new Uint8Array([...bytes, 0x20]),
      /^its sidecar does not match the version in the manifest$/,
    ],
  ];
  for (const [path, change, problem] of cases) {
    const findings = await findingsWith(path, change);
    assert.equal(findings.length, 1, path);
    assert.equal(findings[0]![0], 0);
    assert.match(String(findings[0]![1]), problem);
  }
  const other = await findingsWith(pathOf("sidecar"), () => Deno.readFileSync(pathOf("sidecar", 1)));
  assert.deepEqual(other, [[0, `its sidecar describes hrrr/${RUN}/tmp2m/1`]]);
});

Deno.test("verifyRun() reports a manifest that was damaged by hand", async () => {
  const findings = await findingsWith(`${root.dataRoot}/${manifestPath(hrrr.id, RUN)}`, (bytes) => bytes.slice(0, 40));
  assert.equal(findings.length, 1);
  assert.equal(findings[0]![0], null);
  assert.match(String(findings[0]![1]), /Cannot use ".*20260217_06z\.json"/);
});

Deno.test("verify --repair drops damaged frames, so that readers get 404 and not a damaged file, and each whole file for a while", async () => {
  await using own = await publishedRoot([0, 1]);
  const path = `${own.dataRoot}/${artifactPath("published", frameId(1), "rgba")}`;
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, flipped(100_000)(bytes));
  const verify = (...args: string[]) => runCommand("builder/cli/verify.ts", ["--data-root", own.dataRoot, ...args]);
  const found = await verify("--model", "hrrr");
  assert.equal(found.code, 1);
  assert.match(
    found.stderr,
    /FAIL {2}hrrr 20260217_06z tmp2m forecast hour 1: fh001\.rgba\.cog\.tif does not match the hash/,
  );
  const repaired = await verify("--repair", "--json");
  assert.equal(repaired.code, 0, repaired.stderr);
  assert.equal(JSON.parse(repaired.stdout).runs[0].dropped, 1);
  assert.equal((await verify()).code, 0);
  using server = await testApp(own.dataRoot);
  const statusOf = async (path: string) => (await server.get(path)).status;
  assert.equal(await statusOf(`/tiles/v3/hrrr/${RUN}/tmp2m/1/5/7/12.png`), 404);
  assert.equal(await statusOf(`/api/v3/hrrr/${RUN}/tmp2m/1`), 200);
  assert.equal(await statusOf(`/api/v3/hrrr/${RUN}/tmp2m/0`), 200);
});

Deno.test("dropFrames() does nothing for a run that does not exist", async () => {
  await dropFrames(rootsBelow(root.dataRoot), hrrr.id, "20260101_00z" as typeof RUN, [frameId(0)]);
  assert.equal(
    (await verifyRun(rootsBelow(root.dataRoot), hrrr, "20260101_00z" as typeof RUN)).findings[0]!.problem,
    "there is no manifest",
  );
});

Deno.test("commands that read the data root exit 2 when it does not exist, and do not create it", async () => {
  await using folder = await tempDir();
  const nowhere = `${folder.path}/nowhere`;
  for (
    const [script, ...args] of [["status"], ["verify"], ["verify", "--accept-roots"], ["rollback", "--model", "hrrr"]]
  ) {
    for (const [options, env] of [[["--data-root", nowhere], {}], [[], { TWF_V3_DATA_ROOT: nowhere }]] as const) {
      const { code, stderr } = await runCommand(`builder/cli/${script}.ts`, [...args, ...options], env);
      assert.equal(code, 2, stderr);
      assert.match(
        stderr,
        /^error: The data root ".*\/nowhere" is not a folder: name another with --data-root/,
      );
      assert.doesNotMatch(stderr, /^ {4}at /m);
    }
  }
  await assert.rejects(Deno.stat(nowhere), Deno.errors.NotFound);
});

Deno.test("status reports the progress of each run, and rollback refuses when there is no latest run", async () => {
  const status = await runCommand("builder/cli/status.ts", ["--data-root", root.dataRoot, "--json"]);
  assert.equal(status.code, 0, status.stderr);
  const { runs, free_gb } = JSON.parse(status.stdout);
  assert.ok(free_gb > 0);
  assert.deepEqual(
    runs.map(({ model, run, complete, problem }: Record<string, unknown>) => [model, run, complete, problem]),
    [
      ["hrrr", RUN, false, null],
    ],
  );
  assert.deepEqual(runs[0].variables, [{ id: "tmp2m", available: 2, expected: 49, failed: 0, lastFrame: "1" }]);
  const rollback = await runCommand("builder/cli/rollback.ts", ["--model", "hrrr", "--data-root", root.dataRoot]);
  assert.equal(rollback.code, 1);
  assert.match(rollback.stderr, /^error: Cannot roll back hrrr: it has no latest run$/m);
});
