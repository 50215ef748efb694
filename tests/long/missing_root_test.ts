import assert from "node:assert/strict";
import { setUpRoots } from "../../builder/publish/set_up_roots.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free_port.ts";
import { builderCommand, runCommand } from "../support/run_command.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Makes an installation whose published root is on another disk, and that disk is not mounted. */
async function installation() {
  const folder = await tempDir();
  const roots = { ...rootsBelow(`${folder.path}/data`), published: `${folder.path}/disk` };
  await setUpRoots(roots);
  await Deno.rename(roots.published, `${folder.path}/away`);
  return {
    env: { TWF_V3_DATA_ROOT: roots.data, TWF_V3_PUBLISH_ROOT: roots.published, TWF_V3_MIN_FREE_GB: "0" },
    putBack: () => Deno.rename(`${folder.path}/away`, roots.published),
    published: roots.published,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Starts a scheduler without a reachable source. */
function startScheduler(env: Readonly<Record<string, string>>) {
  const port = freePort();
  const child = builderCommand("builder/cli/schedule.ts", ["--model", "hrrr", ...NO_BUCKET], {
    env: { ...env, TWF_V3_METRICS_PORT: String(port) },
  }).spawn();
  return { port, child, output: child.output() };
}

const NO_BUCKET = ["--source", "http://127.0.0.1:9/none"];

Deno.test("a scheduler that starts before a disk is mounted reports it, and works after the mount", async () => {
  await using own = await installation();
  const { port, child, output } = startScheduler(own.env);
  try {
    await until(port, /^twf_offline_root_ok\{root="published"\} 0$/m);
    await assert.rejects(Deno.stat(own.published), Deno.errors.NotFound);
    await own.putBack();
    await until(port, /^twf_offline_last_round_timestamp_seconds\{model="hrrr"\} [1-9]/m);
    await until(port, /^twf_offline_root_ok\{root="published"\} 1$/m);
  } finally {
    child.kill("SIGTERM");
  }
  const { code, stderr } = await output;
  assert.equal(code, 0);
  const lines = new TextDecoder().decode(stderr);
  assert.match(lines, /"The published root .* has no \.twf-published-root\.json: is its disk mounted\?/);
  assert.match(lines, /all roots are back/);
});

Deno.test("a scheduler that waits for a disk ends on SIGTERM", async () => {
  await using own = await installation();
  const { port, child, output } = startScheduler(own.env);
  try {
    await until(port, /^twf_offline_root_ok\{root="published"\} 0$/m);
  } finally {
    child.kill("SIGTERM");
  }
  assert.equal((await output).code, 0);
});

/** Waits until the metrics match a pattern. */
async function until(port: number, words: RegExp): Promise<void> {
  let text = "";
  await eventually(async () => {
    text = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text(), () => "");
    return words.test(text);
  }, () => `metrics say ${words}:\n${text}`);
}

for (
  const [command, args] of [
    ["schedule", ["--model", "rrfs", "--once"]],
    ["build_run", ["--model", "rrfs", "--run", "latest"]],
    ["check_model", ["--model", "rrfs", ...NO_BUCKET]],
    ["verify", ["--model", "hrrr"]],
  ] as const
) {
  Deno.test(`${command} reports a missing root before anything else, and creates nothing in its place`, async () => {
    await using own = await installation();
    const { code, stderr } = await runCommand(`builder/cli/${command}.ts`, args, own.env);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: The published root ".*" has no \.twf-published-root\.json: is its disk mounted\?/);
    await assert.rejects(Deno.stat(own.published), Deno.errors.NotFound);
  });
}
