import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { makeCertificate } from "../support/certificate.ts";
import { eventually } from "../support/eventually.ts";
import { canMount, filesUnder, tempDir, testWithSmallDisk } from "../support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LAUNCHER = `${ROOT}twf`;
/** Programs that the script itself needs, without Deno, a downloader and apt-get. */
const TOOLS = ["sh", "dirname", "sed", "awk", "id", "uname", "cat", "mkdir", "head", "cut", "cksum"];
/** A fake Deno that is new enough, and finds no libgdal. */
const DENO_WITHOUT_GDAL = "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'deno 2.10.0 (stable)'; exit 0; }\nexit 2\n";
const USER = "#!/bin/sh\necho 1000\n";

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  script: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd = ROOT,
): Promise<Result> {
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
    args: [script, ...args],
    env,
    cwd,
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/**
 * Copies the launcher to its own folder, and makes a PATH with only the tools in `names` and the programs given as
 * scripts.
 */
async function bareMachine(
  folder: string,
  names: readonly string[],
  programs: Readonly<Record<string, string>> = {},
): Promise<{ script: string; path: string }> {
  await Deno.mkdir(`${folder}/bin`);
  for (const name of names.filter((name) => !Object.hasOwn(programs, name))) {
    await Deno.symlink(await which(name), `${folder}/bin/${name}`);
  }
  for (const [name, program] of Object.entries(programs)) {
    await Deno.writeTextFile(`${folder}/bin/${name}`, program, { mode: 0o755 });
  }
  await copyLauncher(`${folder}/checkout`);
  return { script: `${folder}/checkout/twf`, path: `${folder}/bin` };
}

async function copyLauncher(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/deployment/launcher`, { recursive: true });
  const parts = await filesUnder(`${ROOT}deployment/launcher`);
  const paths = ["twf", "deno.json", "deno.lock", ...parts.map((name) => `deployment/launcher/${name}`)];
  for (const path of paths) await Deno.copyFile(ROOT + path, `${folder}/${path}`);
}

async function which(name: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", `command -v ${name}`], stdout: "piped" })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("./twf --help and --version work without Deno, and ./twf without a command exits 2", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, ["sh", "sed", "cat", "dirname"]);
  for (const option of ["--help", "-h", "help"]) {
    const { code, stdout, stderr } = await run(script, [option], { PATH: path });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^usage: \.\/twf demo/);
  }
  assert.deepEqual(await run(script, ["--version"], { PATH: path }), { code: 0, stdout: "twf-v3 3.0.0\n", stderr: "" });
  const nothing = await run(script, [], { PATH: path });
  assert.deepEqual([nothing.code, nothing.stdout], [2, ""]);
  assert.match(nothing.stderr, /^usage: \.\/twf demo/);
});

Deno.test("./twf names all missing packages in one command for each system, and exits 2", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, TOOLS, { id: USER });
  const demo = await run(script, ["demo"], { PATH: path });
  assert.equal(demo.code, 2, demo.stderr);
  for (
    const words of [
      /Deno 2\.9\.5 or newer is not here, and nothing to fetch it with/,
      /Debian, Ubuntu: +sudo apt-get install curl ca-certificates libgdal32$/m,
      /Fedora: +sudo dnf install curl gdal-libs$/m,
      /macOS: +brew install curl gdal$/m,
    ]
  ) assert.match(demo.stderr, words);

  // On a known system the message has only its command; the network is not used before.
  await using debian = await tempDir();
  const own = await bareMachine(debian.path, [...TOOLS, "sort", "tail"], {
    id: USER,
    "apt-get": "#!/bin/sh\nexit 9\n",
    "apt-cache": "#!/bin/sh\nexit 0\n",
    curl: "#!/bin/sh\nexit 9\n",
    deno: "#!/bin/sh\necho 'deno 2.9.4 (stable)'\n", // too old
  });
  const test = await run(own.script, ["test"], { PATH: own.path });
  assert.equal(test.code, 2, test.stderr);
  const tools = "gdal-bin libeccodes-tools chromium prometheus nginx redis-server mapproxy python3-owslib libgdal32";
  assert.ok(test.stderr.includes(`Debian, Ubuntu:  sudo apt-get install ${tools}\n`), test.stderr);
  assert.doesNotMatch(test.stderr, /dnf|brew|fetching/);
});

Deno.test("./twf without libgdal prints the command to install it, with sudo for users other than root", async () => {
  for (const [id, sudo] of [["1000", "sudo "], ["0", ""]] as const) {
    await using folder = await tempDir();
    const programs = { id: `#!/bin/sh\necho ${id}\n`, deno: DENO_WITHOUT_GDAL };
    const { script, path } = await bareMachine(folder.path, TOOLS, programs);
    const { code, stderr } = await run(script, ["demo"], { PATH: path });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /GDAL 3\.6 or newer, which maps are made with: libgdal32 is missing/);
    assert.ok(stderr.includes(`Debian, Ubuntu:  ${sudo}apt-get install libgdal32\n`), stderr);
    assert.ok(stderr.includes(`Fedora:          ${sudo}dnf install gdal-libs\n`), stderr);
    assert.ok(stderr.includes("macOS:           brew install gdal\n"), stderr);
  }
});

Deno.test("./twf installs nothing when TWF_V3_GDAL_LIB names a missing file, and reports the path", async () => {
  const { code, stderr } = await run(LAUNCHER, ["build-frame"], {
    PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`,
    HOME: Deno.env.get("HOME") ?? "/",
    TWF_V3_GDAL_LIB: "/nope/libgdal.so.32",
  });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /TWF_V3_GDAL_LIB names "\/nope\/libgdal.so.32", which is not a file/);
  assert.doesNotMatch(stderr, /installing/);
});

/** Starts a registry that answers every request with the same file. */
function registryWith(file: Uint8Array<ArrayBuffer>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(file));
  return { url: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("./twf fetches Deno without npm, and installs no download with a wrong hash", async () => {
  for (const downloader of ["curl", "wget"]) {
    await using folder = await tempDir();
    const tools = [...TOOLS, downloader, "tar", "gzip", "sha512sum", "rm", "mv", "chmod", "tail"];
    const { script, path } = await bareMachine(folder.path, tools, { id: USER });
    // The fake Deno prints its version and its arguments.
    await Deno.mkdir(`${folder.path}/package`);
    const fake = `#!/bin/sh\n[ "$1" = --version ] && { echo 'deno 2.9.6 (stable)'; exit 0; }\necho "$@" >&2\n`;
    await Deno.writeTextFile(`${folder.path}/package/deno`, fake);
    await new Deno.Command("tar", { args: ["-C", folder.path, "-czf", `${folder.path}/a.tgz`, "package"] }).output();
    const archive = await Deno.readFile(`${folder.path}/a.tgz`);
    await using registry = registryWith(archive);
    // The environment or the user's .npmrc names the registry.
    const isInFile = downloader === "wget";
    if (isInFile) await Deno.writeTextFile(`${folder.path}/.npmrc`, `fund=false\nregistry=${registry.url}/\n`);
    const named: Record<string, string> = isInFile ? {} : { NPM_CONFIG_REGISTRY: registry.url };
    const env = { PATH: path, HOME: folder.path, ...named };

    const refused = await run(script, ["status"], env);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /what http.* sent for Deno 2\.9\.6 is not what it should be .*nothing was installed/);
    assert.deepEqual(await filesUnder(`${folder.path}/checkout/.twf`), []);

    const part = `${folder.path}/checkout/deployment/launcher/deno.sh`;
    const digest = createHash("sha512").update(archive).digest("hex");
    await Deno.writeTextFile(part, (await Deno.readTextFile(part)).replaceAll(/[0-9a-f]{128}/g, digest));
    const done = await run(script, ["status"], env);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stderr, /^twf: fetching Deno 2\.9\.6 from/);
    assert.match(done.stderr, /^task --quiet status$/m);
    assert.match(await Deno.readTextFile(`${folder.path}/checkout/.twf/installed`), /^[0-9]+ [0-9]+/);
  }
});

Deno.test("./twf reports within 30 s that a registry cannot be reached, the reason, and the remedy", async () => {
  await using folder = await tempDir();
  const { script, path } = await bareMachine(folder.path, [...TOOLS, "rm", "tail", "curl", "sha512sum"], { id: USER });
  await using other = await tempDir();
  const withWget = await bareMachine(other.path, [...TOOLS, "rm", "tail", "wget"], { id: USER });
  const cert = await makeCertificate(folder.path);
  const key = await Deno.readTextFile(`${folder.path}/privkey.pem`);
  const secure = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
    () => new Response("{}"),
  );
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const reach = (url: string, env: Record<string, string> = {}): Promise<Result> =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-config", "-A", `${ROOT}deployment/launcher/reach_registry.ts`, url],
      env: { ...env, NO_COLOR: "1" },
    }).output().then(({ code, stdout, stderr }) => {
      const text = new TextDecoder();
      return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
    });
  const [tls, hanging] = [`https://localhost:${secure.addr.port}`, `http://127.0.0.1:${silent.addr.port}`];
  const began = performance.now();
  const [curlTls, wgetTls, denoTls, curlHangs, wgetHangs, denoHangs, refused, trusting, denoTrusting, unreadable] =
    await Promise.all([
      run(script, ["status"], { PATH: path, HOME: "/", NPM_CONFIG_REGISTRY: tls }),
      run(withWget.script, ["status"], { PATH: withWget.path, HOME: "/", NPM_CONFIG_REGISTRY: tls }),
      reach(tls),
      run(script, ["status"], { PATH: path, HOME: "/", NPM_CONFIG_REGISTRY: hanging }),
      run(withWget.script, ["status"], { PATH: withWget.path, HOME: "/", NPM_CONFIG_REGISTRY: hanging }),
      reach(hanging),
      run(script, ["status"], { PATH: path, HOME: "/", NPM_CONFIG_REGISTRY: "http://127.0.0.1:9" }),
      run(script, ["status"], {
        PATH: path,
        HOME: "/",
        NPM_CONFIG_REGISTRY: tls,
        NODE_EXTRA_CA_CERTS: `${folder.path}/fullchain.pem`,
      }),
      reach(tls, { DENO_CERT: `${folder.path}/fullchain.pem` }),
      run(script, ["status"], { PATH: path, HOME: "/", DENO_CERT: "/no/such.pem" }),
    ]);
  assert.ok(performance.now() - began < 30_000);
  await secure.shutdown();
  for (const { code, stderr } of [curlTls, wgetTls]) {
    assert.equal(code, 2, stderr);
    assert.match(stderr, /the certificate of https.* is of an authority that is not known here/);
    assert.match(stderr, /NODE_EXTRA_CA_CERTS or DENO_CERT/);
    assert.match(stderr, /twf bundle/);
  }
  assert.deepEqual([denoTls.code, denoTls.stderr], [1, "tls\n"]);
  for (const { code, stderr } of [curlHangs, wgetHangs, refused]) {
    assert.equal(code, 2, stderr);
    assert.match(stderr, /Cannot get Deno from http:.*: .{4}/);
    assert.match(stderr, /HTTPS_PROXY/);
    assert.match(stderr, /twf bundle/);
  }
  assert.deepEqual([denoHangs.code, denoHangs.stderr], [1, "no answer within 15 s\n"]);
  assert.match(trusting.stderr, /is not what it should be/, `it was not fetched: ${trusting.stderr}`);
  assert.deepEqual([denoTrusting.code, denoTrusting.stderr], [0, ""]);
  assert.match(unreadable.stderr, /names "\/no\/such\.pem", which cannot be read/);
});

Deno.test("./twf resolves relative paths against the caller's working directory", async () => {
  await using folder = await tempDir();
  await Deno.mkdir(`${folder.path}/here`);
  const env = { PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`, HOME: folder.path };
  const settings = { ...env, TWF_V3_DATA_ROOT: "own/data" };
  const status = await run(LAUNCHER, ["status"], settings, `${folder.path}/here`);
  assert.ok(status.stderr.includes(`The data root "${folder.path}/here/own/data" is not a folder`), status.stderr);
  const args = ["build-frame", "--model", "hrrr", "--run", "20260129_17z", "--var", "tmp2m", "--fh", "1"];
  const build = await run(LAUNCHER, [...args, "--grib", "../no.grib2"], env, `${folder.path}/here`);
  assert.ok(build.stderr.includes(`Cannot read GRIB file "${folder.path}/no.grib2"`), build.stderr);
});

/** Runs a command while a folder is read-only: by a mount, because permissions do not stop root. */
function runReadOnly(folder: string, command: string, env: Record<string, string>): Promise<Result> {
  const inside = `mount --bind "${folder}" "${folder}" && mount -o remount,bind,ro "${folder}" && ${command}`;
  return new Deno.Command("unshare", { args: ["-m", "/bin/sh", "-c", inside], env, clearEnv: true }).output().then(
    ({ code, stdout, stderr }) => {
      const text = new TextDecoder();
      return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
    },
  );
}

testWithSmallDisk("a read-only checkout that is set up works without a copy", async () => {
  if (!canMount) return;
  await using home = await tempDir();
  const env = { PATH: Deno.env.get("PATH")!, HOME: home.path, TWF_V3_GDAL_LIB: Deno.env.get("TWF_V3_GDAL_LIB") ?? "" };
  const prepared = await run(LAUNCHER, ["setup"], { ...Deno.env.toObject() });
  assert.equal(prepared.code, 0, prepared.stderr);
  const { code, stdout, stderr } = await runReadOnly(ROOT.slice(0, -1), `"${LAUNCHER}" doctor`, env);
  assert.equal(code, 0, stderr);
  const data = `${home.path}/.local/share/twf_v3`;
  assert.ok(stderr.includes(`cannot be written to: data is kept in "${data}"`), stderr);
  assert.ok(stdout.includes(`${data}) can be written`), stdout);
  assert.doesNotMatch(stderr, /copy|fetching/);
});

testWithSmallDisk(
  "a read-only checkout that is not set up works in a copy, and the copy is updated with it",
  async () => {
    await using folder = await tempDir();
    const home = `${folder.path}/home`;
    await Deno.mkdir(home);
    const deno =
      `#!/bin/sh\n[ "$1" = --version ] && { echo 'deno 2.10.0 (stable)'; exit 0; }\necho "$PWD $INIT_CWD $*" >&2\n`;
    const { script, path } = await bareMachine(folder.path, [], { deno });
    const env = { PATH: `${path}:/usr/bin:/bin:/usr/sbin:/sbin`, HOME: home };
    const checkout = script.slice(0, -"/twf".length);
    const started = (command: string) => runReadOnly(checkout, `cd "${home}" && ${command}`, env);
    const first = await started(`"${script}" status --json`);
    assert.equal(first.code, 0, first.stderr);
    const [, copy] = /working in a copy, "(.*)"/.exec(first.stderr)!;
    assert.ok(copy!.startsWith(`${home}/.cache/twf_v3/`), copy);
    assert.ok(first.stderr.includes(`${copy} ${home} task --quiet status --json`), first.stderr);
    await eventually(async () => {
      await Deno.writeTextFile(`${checkout}/new.txt`, "");
      await Deno.remove(`${checkout}/deno.json`).catch(() => {});
      await started(`"${script}" status`);
      return (await filesUnder(copy!)).includes("new.txt");
    }, "the copy follows");
    assert.ok(!(await filesUnder(copy!)).includes("deno.json"));
    assert.deepEqual(await filesUnder(`${checkout}/.twf`), []);
  },
);

testWithSmallDisk("./twf leaves no policy-rc.d behind, however the installation ends", async () => {
  await using folder = await tempDir();
  const tools = [...TOOLS, "chmod", "rm", "tail", "sleep", "kill", "sort", "mktemp"];
  const programs = { deno: DENO_WITHOUT_GDAL, "apt-cache": "#!/bin/sh\necho libgdal32\n" };
  const { script, path } = await bareMachine(folder.path, tools, programs);
  const policy = "/usr/sbin/policy-rc.d";
  // A fake apt-get that saves policy-rc.d to a file, and then sleeps as long as the test wants.
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
    // The mount namespace keeps /usr/sbin of this machine untouched.
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

/** Returns the session id of the process that runs a script. */
async function sessionOf(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-f", script] }).output();
  const [pid] = new TextDecoder().decode(stdout).trim().split("\n");
  const session = await new Deno.Command("ps", { args: ["-o", "sid=", "-p", pid!] }).output();
  return new TextDecoder().decode(session.stdout).trim();
}
