import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/free_port.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Tests of the messages of a server that cannot start, and of the permissions of `serve`. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the server until it exits. */
async function start(
  env: Record<string, string>,
  allowNet = "--allow-net",
  args: readonly string[] = [],
): Promise<{ code: number; stderr: string }> {
  await using folder = await tempDir();
  const child = new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: ["run", "--quiet", "--no-prompt", allowNet, "--allow-read", "--allow-env", "routes/main.ts", ...args],
    env: { TWF_V3_DATA_ROOT: folder.path, TWF_V3_PORT: "0", NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const killer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const { code, stderr } = await child.output();
  clearTimeout(killer);
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("an argument is refused, with exit code 2 and where the settings are", async () => {
  for (const argument of ["--help", "--port=8300"]) {
    const { code, stderr } = await start({}, "--allow-net", [argument]);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^error: serve takes no arguments \\(given: ${argument}\\).*docs/OPERATIONS\\.md`));
  }
});

Deno.test("a port in use, an address of another machine or a bad setting is explained, with exit code 2", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const cases: [env: Record<string, string>, words: RegExp, allowNet?: string][] = [
    [{ TWF_V3_PORT: String(port) }, new RegExp(`Port ${port} of 127.0.0.1 is already in use.*TWF_V3_PORT`)],
    [{ TWF_V3_HOST: "203.0.113.7" }, /no address 203\.0\.113\.7.*TWF_V3_HOST/],
    [{ TWF_V3_HOST: "0.0.0.0" }, /--allow-net=0\.0\.0\.0/, "--allow-net=127.0.0.1"],
    [{ TWF_V3_PROT: "8300" }, /unknown variable TWF_V3_PROT: did you mean TWF_V3_PORT\?/],
    [{ TWF_V3_PORT: "http" }, /TWF_V3_PORT="http": expected a whole number/],
  ];
  for (const [env, words, allowNet] of cases) {
    const { code, stderr } = await start(env, allowNet);
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`^error: .*${words.source}`, "m"));
    assert.doesNotMatch(stderr, /^ +at /m, "no stack");
  }
});

Deno.test("`serve` listens on the host and port of the settings, with permission for nothing else", async () => {
  await using folder = await tempDir();
  const dataRoot = `${folder.path}/da ta, here`;
  for (const [host, origin] of [["::", "http://[::1]"], ["0.0.0.0", "http://127.0.0.1"]] as const) {
    const port = freePort();
    const child = new Deno.Command(Deno.execPath(), {
      cwd: ROOT,
      args: ["task", "--quiet", "serve"],
      env: {
        TWF_V3_DATA_ROOT: dataRoot,
        TWF_V3_HOST: host,
        TWF_V3_PORT: String(port),
        PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`,
      },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    try {
      assert.equal(await answers(`${origin}:${port}/livez`), 200);
    } finally {
      child.kill("SIGTERM");
      await child.status;
    }
  }
});

/** Waits for the first answer, and returns its status. */
async function answers(url: string): Promise<number> {
  for (let i = 0; i < 600; i++) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      return response.status;
    } catch {
      await new Promise((wake) => setTimeout(wake, 100)); // not listening yet
    }
  }
  throw new Error(`${url} never answered`);
}
