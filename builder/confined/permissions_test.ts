import assert from "node:assert/strict";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { COMMANDS, confine, UPSTREAM } from "./permissions.ts";

/** Returns the values of a command's permission, by name; null when the command does not have it. */
function allowed(name: string, command: string, args: readonly string[], environment: Record<string, string> = {}) {
  const flag = confine(command, args, environment).flags.find((flag) => flag.startsWith(`--allow-${name}`));
  return flag === undefined ? null : flag.split("=")[1]?.split(",") ?? "everything";
}

Deno.test("confine() lets a command read and write its data folders, and nothing else", () => {
  for (const command of Object.keys(COMMANDS).filter((command) => command !== "demo")) {
    const write = allowed("write", command, ["--data-root", "/srv/weather", "--model", "hrrr"]);
    assert.deepEqual(write, COMMANDS[command]!.writes ? ["/srv/weather"] : null, command);
    const read = allowed("read", command, ["--data-root=/srv/weather"]) as string[];
    assert.ok(read.includes("/srv/weather") && !read.includes("/") && !read.includes("/etc"), command);
  }
  const roots = { TWF_V3_DATA_ROOT: "/srv/data", TWF_V3_STAGING_ROOT: "/fast/staging", TWF_V3_PUBLISH_ROOT: "/big" };
  assert.deepEqual(allowed("write", "schedule", [], roots), [
    "/srv/data",
    "/fast/staging",
    "/big",
    "/srv/data/manifests",
  ]);
  assert.deepEqual(allowed("write", "demo", [], roots), ["/srv/data/demo"]);
});

Deno.test("confine() lets a command contact the hosts of its sources, and no others", () => {
  const local = ["127.0.0.1", "localhost", "[::1]"];
  for (const [command, { fetches }] of Object.entries(COMMANDS)) {
    assert.deepEqual(allowed("net", command, []), fetches ? [...UPSTREAM, ...local] : null, command);
  }
  assert.ok(UPSTREAM.includes("noaa-hrrr-bdp-pds.s3.amazonaws.com") && UPSTREAM.length >= 8);
  const source = (url: string) => allowed("net", "build-run", ["--source", url]);
  assert.deepEqual(source("https://mirror.example:8443/hrrr/"), ["mirror.example:8443", ...local]);
  assert.deepEqual(source("aws,google"), [...UPSTREAM, ...local]);
  // An IPv6 address needs brackets in a list of hosts.
  assert.ok((allowed("net", "demo", [], { TWF_V3_HOST: "::" }) as string[]).includes("[::]"));
  assert.deepEqual(source("file:///srv/bucket/"), local);
  const two = "file:///srv/bucket/,https://mirror.example/";
  assert.deepEqual(source(two), ["mirror.example", ...local]);
  assert.deepEqual(source("aws,https://mirror.example/"), [...UPSTREAM, "mirror.example", ...local]);
  assert.deepEqual(allowed("net", "schedule", [], { TWF_V3_SOURCE_PRIORITY: two }), ["mirror.example", ...local]);
  for (const [args, settings] of [[["--source", two], {}], [[], { TWF_V3_SOURCE_PRIORITY: two }]] as const) {
    const read = allowed("read", "build-frame", [...args, "--grib", "/srv/a.grib2"], settings);
    for (const path of ["/srv/bucket/", "/srv/a.grib2"]) assert.ok((read as string[]).includes(path), path);
  }
});

Deno.test("confine() lets verify contact sources with --refetch only, and then it may not write", () => {
  const refetch = ["--data-root", "/srv/weather", "--model", "hrrr", "--refetch"];
  assert.equal(allowed("write", "verify", refetch), null);
  assert.ok((allowed("net", "verify", refetch) as string[]).includes("noaa-hrrr-bdp-pds.s3.amazonaws.com"));
  const own = allowed("net", "verify", [...refetch, "--source", "https://mirror.example/"]);
  assert.deepEqual(own, ["mirror.example", "127.0.0.1", "localhost", "[::1]"]);
  const folder = allowed("read", "verify", [...refetch, "--source=file:///srv/bucket/"]) as string[];
  assert.ok(folder.includes("/srv/bucket/") && folder.includes("/srv/weather"));
});

Deno.test("confine() lets no command load, run or read more than it needs", () => {
  for (const [command, { isNative }] of Object.entries(COMMANDS)) {
    const ffi = allowed("ffi", command, []);
    assert.equal(ffi !== null, isNative, command);
    if (ffi !== null) assert.ok((ffi as string[]).every((path) => /^\/.*lib(gdal|aec)/.test(path)), String(ffi));
    assert.deepEqual(allowed("run", command, []), command === "demo" ? ["deno"] : null, command);
    assert.doesNotMatch(confine(command, [], {}).flags.join(" "), /--allow-all|-A/);
  }
});

Deno.test("tasks of the builder start through run_confined.ts, and the other tasks list their permissions by name", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const command of Object.keys(COMMANDS)) {
    assert.match(tasks[command].command, new RegExp(`builder/confined/run_confined\\.ts ${command}$`));
  }
  for (const task of ["serve", "build-page"]) {
    // The part of a task that locates files may read anything; only its last command is checked.
    const last = tasks[task].command.split("&&").at(-1).replace(/\$\([^)]*\)/g, "…");
    assert.doesNotMatch(last, /--allow-(read|write|net|run|ffi|sys)(?!=)/, task);
  }
});

Deno.test("a task quotes its variables, so that a path with a space stays one argument", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const [task, { command }] of Object.entries<{ command: string }>(tasks)) {
    assert.doesNotMatch(command, /[^"](\$\(|\$[A-Z])/, `${task}: the shell splits what is not in quotes`);
  }
});

Deno.test("Deno refuses reads, writes, requests, programs and libraries that confine() does not allow", async () => {
  await using folder = await tempDir();
  const script = `${folder.path}/attempts.ts`;
  await Deno.writeTextFile(
    script,
    `const attempts = [
      () => Deno.writeTextFile("${folder.path}/other.txt", ""),
      () => Deno.readTextFile("/etc/passwd"),
      () => fetch("http://192.0.2.1/"),
      () => new Deno.Command("true").output(),
      () => Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {}),
      () => Deno.mkdir("${folder.path}/data/staging", { recursive: true }),
    ];
    for (const attempt of attempts) {
      try { await attempt(); console.log("done"); } catch (error) { console.log(error.name); }
    }`,
  );
  const { flags } = confine("build-run", ["--data-root", `${folder.path}/data`], Deno.env.toObject());
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...flags, script],
    stderr: "null",
  }).output();
  const outcomes = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(outcomes, [...Array(5).fill("NotCapable"), "done"]);
});
