import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { eventually } from "./support/eventually.ts";
import { tempDir, testWithSmallDisk } from "./support/temp_dir.ts";

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

testWithSmallDisk("./twf leaves no policy-rc.d behind, however its installing ends", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, [...TOOLS, "chmod", "rm", "tail", "sleep", "kill"]);
  await Deno.writeTextFile(
    `${path}/deno`,
    "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'deno 2.10.0 (stable)'; exit 0; }\nexit 2\n",
    { mode: 0o755 },
  );
  await Deno.writeTextFile(`${path}/apt-cache`, "#!/bin/sh\necho libgdal32\n", { mode: 0o755 });
  const policy = "/usr/sbin/policy-rc.d";
  // An apt-get that says what it saw, and then takes as long as it is told.
  await Deno.writeTextFile(
    `${path}/apt-get`,
    `#!/bin/sh\n[ "$1" = update ] && exit 0\ncat ${policy} >"${folder.path}/seen"\nsleep "$TAKES"\nexit "$ENDS"\n`,
    { mode: 0o755 },
  );
  for (
    const { how, takes, ends, before = "", signal } of [
      { how: "it succeeds", takes: "0", ends: "0" },
      { how: "it fails", takes: "0", ends: "100" },
      { how: "Ctrl-C", takes: "60", ends: "0", signal: "INT" },
      { how: "SIGTERM", takes: "60", ends: "0", signal: "TERM" },
      { how: "the terminal closes", takes: "60", ends: "0", signal: "HUP" },
      {
        how: "the last one was killed",
        takes: "0",
        ends: "0",
        before: `printf '#!/bin/sh\\n# written by twf, process 999999\\nexit 101\\n' >${policy}; `,
      },
    ]
  ) {
    await Deno.remove(`${folder.path}/seen`).catch(() => {});
    // In a namespace of its own: what lies in /usr/sbin of this machine is not touched.
    const inside =
      `mount -t tmpfs none /usr/sbin; ${before}trap : INT TERM HUP; /bin/sh "${script}" build-frame; sleep 1; ls /usr/sbin`;
    const child = new Deno.Command("setsid", {
      args: ["-w", "unshare", "-m", "/bin/sh", "-c", inside],
      env: { PATH: `${path}:/usr/bin:/bin`, TAKES: takes, ENDS: ends },
      clearEnv: true,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    await eventually(() => Deno.stat(`${folder.path}/seen`).then(() => true, () => false), `apt-get is called: ${how}`);
    if (signal) {
      // Ctrl-C goes to all processes of the terminal.
      const pids = await new Deno.Command("pgrep", { args: ["-s", await sessionOf(script)] }).output();
      const all = new TextDecoder().decode(pids.stdout).trim().split("\n");
      await new Deno.Command("kill", { args: [`-${signal}`, ...all] }).output();
    }
    const { stdout, stderr } = await output;
    const text = new TextDecoder();
    assert.equal(text.decode(stdout).trim(), "", `${how}: ${text.decode(stderr)}`);
    assert.match(await Deno.readTextFile(`${folder.path}/seen`), /^exit 101$/m, "services are kept from starting");
  }
});

/** The session of the process that runs a script. */
async function sessionOf(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-f", script] }).output();
  const [pid] = new TextDecoder().decode(stdout).trim().split("\n");
  const session = await new Deno.Command("ps", { args: ["-o", "sid=", "-p", pid!] }).output();
  return new TextDecoder().decode(session.stdout).trim();
}
