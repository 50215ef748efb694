import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { tempDir } from "./support/temp_dir.ts";

const LAUNCHER = fileURLToPath(new URL("../twf", import.meta.url));
/** What the script itself needs; neither Deno nor npm nor apt-get is among it. */
const TOOLS = ["sh", "dirname", "sed", "awk", "id", "uname", "cat", "mkdir", "head"];

interface Result {
  readonly code: number;
  readonly stderr: string;
}

async function run(script: string, args: readonly string[], env: Record<string, string>): Promise<Result> {
  const { code, stderr } = await new Deno.Command("/bin/sh", {
    args: [script, ...args],
    env,
    clearEnv: true,
    stdout: "null",
    stderr: "piped",
  })
    .output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** A copy of the launcher in a folder of its own, and a PATH with just the tools of `names`. */
async function bareMachine(folder: string, names: readonly string[]): Promise<{ script: string; path: string }> {
  await Deno.mkdir(`${folder}/bin`);
  for (const name of names) await Deno.symlink(await which(name), `${folder}/bin/${name}`);
  await Deno.copyFile(LAUNCHER, `${folder}/twf`);
  return { script: `${folder}/twf`, path: `${folder}/bin` };
}

async function which(name: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", `command -v ${name}`], stdout: "piped" })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("./twf without Deno and npm says how to get them on each system, and exits 2", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, TOOLS);
  const { code, stderr } = await run(script, ["demo"], { PATH: path });
  assert.equal(code, 2, stderr);
  for (
    const words of [
      /Deno 2\.9\.5 or newer is needed/,
      /Debian, Ubuntu: +apt-get install npm/,
      /Fedora: +dnf install/,
      /macOS: +brew install deno/,
    ]
  ) {
    assert.match(stderr, words);
  }
});

Deno.test("./twf does not take a Deno that is too old", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, TOOLS);
  await Deno.writeTextFile(`${path}/deno`, "#!/bin/sh\necho 'deno 2.9.4 (stable)'\n", { mode: 0o755 });
  const { code, stderr } = await run(script, ["demo"], { PATH: path });
  assert.equal(code, 2);
  assert.match(stderr, /Deno 2\.9\.5 or newer is needed/);
});

Deno.test("./twf without libgdal and without root prints the command for each system, and exits 2", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, TOOLS.filter((name) => name !== "id"));
  await Deno.writeTextFile(`${path}/id`, "#!/bin/sh\necho 1000\n", { mode: 0o755 });
  // A Deno whose search for the library finds none.
  await Deno.writeTextFile(
    `${path}/deno`,
    "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'deno 2.10.0 (stable)'; exit 0; }\nexit 2\n",
    { mode: 0o755 },
  );
  const { code, stderr } = await run(script, ["demo"], { PATH: path });
  assert.equal(code, 2, stderr);
  for (
    const words of [
      /libgdal \(GDAL 3\.6 or newer\) was not found/,
      /apt-get install libgdal32/,
      /dnf install gdal-libs/,
      /brew install gdal/,
      /TWF_V3_GDAL_LIB/,
    ]
  ) {
    assert.match(stderr, words);
  }
});

Deno.test("./twf without a command explains itself and exits 2", async () => {
  const { code, stderr } = await run(LAUNCHER, [], { PATH: Deno.env.get("PATH")! });
  assert.equal(code, 2);
  assert.match(stderr, /usage: \.\/twf demo/);
});

Deno.test("./twf names a library file that TWF_V3_GDAL_LIB gives and that is not there, and installs nothing", async () => {
  const { code, stderr } = await run(LAUNCHER, ["build-frame"], {
    PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`,
    HOME: Deno.env.get("HOME") ?? "/",
    TWF_V3_GDAL_LIB: "/nope/libgdal.so.32",
  });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /TWF_V3_GDAL_LIB names "\/nope\/libgdal.so.32", which is not a file/);
  assert.doesNotMatch(stderr, /installing/);
});
