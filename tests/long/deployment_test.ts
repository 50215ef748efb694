import assert from "node:assert/strict";
import { OPERATIONS } from "../../contract/openapi/operations.ts";
import { RESET_URL } from "../../contract/urls.ts";
import { registry } from "../../builder/operations/metrics.ts";
import { layOutHours } from "../support/real_bucket.ts";
import { UPSTREAM } from "../../builder/confined/permissions.ts";
import { LIBRARY_FOLDERS } from "../../builder/native_library.ts";
import { startNginx } from "../support/nginx.ts";
import { rawGet } from "../support/raw_http.ts";
import { publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { filesUnder, tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const DEPLOYMENT = `${ROOT}deployment`;

async function run(command: string, args: readonly string[], options: Omit<Deno.CommandOptions, "args"> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args], ...options }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Returns the names of all metrics of the server and of the builder. */
async function metricNames(): Promise<Set<string>> {
  await using folder = await tempDir();
  using server = await testApp(folder.path);
  const texts = [await (await server.get("/metrics")).text(), await registry.metrics()];
  return new Set(texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!)));
}

function namesIn(text: string): string[] {
  const names = [...text.matchAll(/\b(?:twf|process)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, "")
  );
  return [...new Set(names)].filter((name) => name !== "twf_v3");
}

Deno.test("alert rules pass promtool's checks and tests, and each alert has its section in the runbook", async () => {
  const cwd = `${DEPLOYMENT}/prometheus`;
  const checked = await run("promtool", ["check", "rules", "twf_v3.rules.yml"], { cwd });
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  const tested = await run("promtool", ["test", "rules", "twf_v3.rules_test.yml"], { cwd });
  assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  const rules = await Deno.readTextFile(`${cwd}/twf_v3.rules.yml`);
  const runbook = await Deno.readTextFile(`${ROOT}docs/OPERATIONS.md`);
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name!);
  assert.ok(alerts.length >= 15);
  for (const alert of alerts) assert.match(runbook, new RegExp(`^### ${alert}$`, "m"));
});

Deno.test("alerts and dashboard use only existing metrics, and the dashboard shows all of the builder's", async () => {
  const known = await metricNames();
  const rules = await Deno.readTextFile(`${DEPLOYMENT}/prometheus/twf_v3.rules.yml`);
  const dashboard = JSON.parse(await Deno.readTextFile(`${DEPLOYMENT}/grafana/twf_v3.dashboard.json`));
  const queries = dashboard.panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
    targets.map(({ expr }) => expr)
  ).join("\n");
  for (const name of [...namesIn(rules), ...namesIn(queries)]) assert.ok(known.has(name), `there is no metric ${name}`);
  const shown = namesIn(queries);
  const missing = [...known].filter((name) => name.startsWith("twf_offline_") && !shown.includes(name));
  assert.deepEqual(missing, []);
});

/** Parses the permissions of a command: sorted values by name; an empty list allows everything. */
function permissionsOf(command: string): Record<string, string[]> {
  const flags = [...command.matchAll(/--allow-([a-z]+)(?:=(\S+))?/g)];
  return Object.fromEntries(flags.map(([, name, values]) => [name!, values?.split(",").sort() ?? []]));
}

Deno.test("the systemd units give Deno exactly the permissions that the services need", async () => {
  const unit = async (name: string) => {
    const text = await Deno.readTextFile(`${DEPLOYMENT}/systemd/${name}.service`);
    return permissionsOf(/^ExecStart=(.*)$/m.exec(text)![1]!);
  };
  assert.deepEqual(await unit("twf-v3-server"), {
    net: ["127.0.0.1"],
    read: ["/opt/twf_v3", "/var/lib/twf_v3"],
    env: [],
  });
  assert.deepEqual(await unit("twf-v3-scheduler@"), {
    ffi: ["${TWF_V3_LIBGDAL_FILE}"],
    env: [],
    // libaec is searched in all of these.
    read: ["/opt/homebrew/lib", "/opt/twf_v3", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/var/lib/twf_v3"],
    write: ["/var/lib/twf_v3"],
    net: ["127.0.0.1", ...UPSTREAM].sort(),
    sys: ["statfs", "systemMemoryInfo"],
  });
  for (const folder of LIBRARY_FOLDERS) {
    assert.ok((await unit("twf-v3-scheduler@")).read!.some((allowed) => folder.startsWith(allowed)), folder);
  }
});

Deno.test({
  name: "the units pass systemd's own checks",
  ignore: !await hasCommand("systemd-analyze"),
  fn: async () => {
    for (const unit of ["twf-v3-server", "twf-v3-scheduler@"]) {
      const path = `${DEPLOYMENT}/systemd/${unit}.service`;
      const verified = await run("systemd-analyze", ["verify", path]);
      const complaints = verified.stderr.split("\n").filter((line) =>
        line !== "" && !/deno is not executable/.test(line)
      );
      assert.deepEqual(complaints, []);
      const { stdout } = await run("systemd-analyze", ["security", "--offline=true", "--no-pager", path]);
      const exposure = Number(/Overall exposure level for \S+: ([0-9.]+)/.exec(stdout)![1]);
      assert.ok(exposure <= 1.5, `${unit}: ${exposure}`);
    }
  },
});

async function hasCommand(name: string): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("install.sh installs a release that serves, upgrades to another one, and rolls back", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0]);
  // The Deno on PATH is a script that starts the program beside it, like that of the npm package.
  await Deno.mkdir(`${folder.path}/bin`);
  await Deno.symlink(Deno.execPath(), `${folder.path}/bin/deno-program`);
  await Deno.writeTextFile(`${folder.path}/bin/deno`, '#!/bin/sh\nexec "$(dirname "$0")/deno-program" "$@"\n');
  await Deno.chmod(`${folder.path}/bin/deno`, 0o755);
  const env = {
    PATH: `${folder.path}/bin:${Deno.env.get("PATH")}`,
    TWF_V3_PREFIX: `${folder.path}/opt`,
    TWF_V3_ETC: `${folder.path}/etc`,
    TWF_V3_DATA: `${folder.path}/lib`,
  };
  const checkout = await developersCheckout(`${folder.path}/checkout`);
  const install = (...args: string[]) => run(`${checkout.path}/deployment/install.sh`, args, { env });
  const current = () => Deno.readLinkSync(`${folder.path}/opt/current`);

  const first = await install("first");
  assert.equal(first.code, 0, first.stderr);
  assert.equal(current(), "releases/first");
  assert.match(
    await Deno.readTextFile(`${folder.path}/opt/current/.twf/service.env`),
    /^TWF_V3_LIBGDAL_FILE=\/.*libgdal/,
  );
  const release = `${folder.path}/opt/releases/first`;
  // Without git a release consists of named folders with all their files.
  for (const name of [".env", "notes.txt", ...(checkout.isGit ? ["builder/notes.txt"] : [])]) {
    await assert.rejects(Deno.stat(`${release}/${name}`), Deno.errors.NotFound, name);
  }
  const { stdout: foreign } = await run("find", [
    release,
    "(",
    "-not",
    "-user",
    String(Deno.uid()),
    "-o",
    "-perm",
    "/022",
    ")",
    "-not",
    "-type",
    "l",
  ]);
  assert.equal(foreign, "", "owned by who installs, and written by nobody else");
  const settings = `${folder.path}/etc/twf_v3/twf_v3.env`;
  assert.equal((await Deno.stat(settings)).mode! & 0o777, 0o640, "it may hold a password");
  if (Deno.uid() === 0) await requireRunbookWorks(folder.path);
  await Deno.writeTextFile(settings, "# mine\n");

  // The server is started with the unit's command, from the installed release.
  const unit = await Deno.readTextFile(`${folder.path}/etc/systemd/system/twf-v3-server.service`);
  const command = /^ExecStart=(.*)$/m.exec(unit)![1]!
    .replaceAll("/opt/twf_v3", `${folder.path}/opt`).replace("/var/lib/twf_v3", root.dataRoot);
  {
    const [program, ...args] = command.split(" ");
    await using server = await startServer(root.dataRoot, {
      program: program!,
      args,
      cwd: `${folder.path}/opt/current`,
    });
    const page = await fetch(`${server.origin}/models-v3`);
    assert.equal(page.status, 200);
    await page.body?.cancel();
    const tile = await fetch(`${server.origin}/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`);
    assert.equal(tile.status, 200);
    await tile.body?.cancel();
  }

  const second = await install("second");
  assert.equal(second.code, 0, second.stderr);
  assert.equal(current(), "releases/second");
  assert.equal(await Deno.readTextFile(settings), "# mine\n");
  assert.equal((await install("second")).code, 1);
  assert.equal((await install("../evil")).code, 2);
  assert.equal((await install("--rollback")).code, 0);
  assert.equal(current(), "releases/first");
  assert.equal((await install("--rollback")).code, 0);
  assert.equal(current(), "releases/second");
  assert.deepEqual(await filesUnder(`${folder.path}/lib`), []);
});

/** Runs every command of docs/OPERATIONS.md in the installed release, as the services' own user. */
async function requireRunbookWorks(folder: string): Promise<void> {
  const user = "65534"; // an unprivileged user in place of `twf`
  const settings = `${folder}/etc/twf_v3/twf_v3.env`;
  await Deno.chmod(folder, 0o755); // only the owner of a temporary folder may enter it
  await layOutHours(`${folder}/bucket`, [0]);
  const text = await Deno.readTextFile(settings);
  await Deno.writeTextFile(
    settings,
    text.replace(/^TWF_V3_DATA_ROOT=.*$/m, `TWF_V3_DATA_ROOT=${folder}/lib/data`)
      .replace(/^TWF_V3_MIN_FREE_GB=.*$/m, "TWF_V3_MIN_FREE_GB=0"),
  );
  await run("chown", ["-R", `${user}:${user}`, `${folder}/lib`]);
  await run("chgrp", [user, settings]);
  const source = ["--source", `file://${folder}/bucket`];
  for (
    const [command, words] of [
      [["doctor"], /No problems found/],
      [
        ["check-model", "--model", "hrrr", "--run", "20260129_17z", "--fh", "0", "--vars", "tmp2m", ...source],
        /1 of 1 variables pass/,
      ],
      [
        ["build-run", "--model", "hrrr", "--run", "20260129_17z", "--fhs", "0", "--vars", "tmp2m", ...source],
        /1 published, 0 already published/,
      ],
      [["schedule", "--model", "hrrr", "--once", ...source], /"message":"started"/],
      [["status"], /hrrr 20260129_17z/],
      [["verify"], /1 runs verified/],
      [["verify", "--repair"], /1 runs verified/],
      [["verify", "--accept-roots"], /the roots are marked/],
    ] as const
  ) {
    const { code, stdout, stderr } = await run("setpriv", [
      `--reuid=${user}`,
      `--regid=${user}`,
      "--clear-groups",
      "env",
      "-i",
      "PATH=/usr/bin:/bin",
      `HOME=${folder}/lib`,
      "sh",
      "-c",
      `set -a; . ${settings}; exec ./twf "$@"`,
      "sh",
      ...command,
    ], { cwd: `${folder}/opt/current` });
    assert.equal(code, 0, `${command.join(" ")}: ${stderr}`);
    assert.match(stdout + stderr, words, command.join(" "));
  }
  await Deno.remove(`${folder}/lib/data`, { recursive: true });
  await run("find", [`${folder}/lib`, "-mindepth", "1", "-delete"]);
}

/** Makes a developer's checkout: with another owner, other file modes, and files that were never committed. */
async function developersCheckout(path: string): Promise<{ readonly path: string; readonly isGit: boolean }> {
  const cloned = await run("git", ["-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", ROOT, path]);
  // Without git the checkout is a copy of the files.
  const isGit = cloned.code === 0;
  if (!isGit) {
    await Deno.mkdir(path, { recursive: true });
    const copied = await run("sh", [
      "-c",
      'cd "$1" && tar -cf - --exclude=./.git --exclude=./.twf --exclude=./node_modules . | tar -xf - -C "$2"',
      "sh",
      ROOT,
      path,
    ]);
    assert.equal(copied.code, 0, copied.stderr);
  }
  await Deno.writeTextFile(`${path}/.env`, "PASSWORD=secret\n", { mode: 0o600 });
  for (const name of ["notes.txt", "builder/notes.txt"]) await Deno.writeTextFile(`${path}/${name}`, "mine\n");
  await run("chmod", ["-R", "g+w,o-r", `${path}/server`]);
  if (Deno.uid() === 0) await run("chown", ["-R", "65534:65534", path]);
  return { path, isGit };
}

Deno.test("nginx caches tiles, limits points, forwards events, and serves probes to this machine", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_ALLOW_RESET: "true" });
  const nginx = await startNginx(folder.path, server.origin);
  try {
    const { origin } = nginx;
    const get = async (path: string) => {
      const response = await fetch(origin + path, { redirect: "manual" });
      const body = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, body };
    };
    const tile = `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`;
    const [cold, warm] = [await get(tile), await get(tile)];
    assert.deepEqual([cold.status, cold.headers.get("x-cache-status")], [200, "MISS"]);
    assert.deepEqual([warm.status, warm.headers.get("x-cache-status")], [200, "HIT"]);
    assert.deepEqual(warm.body, cold.body);
    assert.equal(warm.headers.get("cache-control"), "public, max-age=60");
    assert.equal((await get("/")).headers.get("location"), "/models-v3");
    assert.equal((await get("/models-v3")).status, 200);
    assert.equal((await get("/nothing")).status, 404);
    assert.equal((await get("/health")).status, 200); // the request comes from this machine
    const reset = await fetch(origin + RESET_URL, { method: "POST" });
    assert.equal(reset.status, 404);
    assert.match(await reset.text(), /nginx/, "nginx itself says so");
    const tileJson = JSON.parse(
      new TextDecoder().decode((await get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`)).body),
    );
    assert.ok(tileJson.tiles[0].startsWith(`${origin}/tiles/`), tileJson.tiles[0]);

    // Events arrive at once: nginx does not buffer them.
    const stream = await fetch(`${origin}/api/v3/events`);
    const reader = stream.body!.getReader();
    assert.match(new TextDecoder().decode((await reader.read()).value), /^retry: /);
    await reader.cancel();

    // One client requests points as fast as it can: some are answered, and the others are 429.
    const point = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=39&lon=-98`;
    const statuses = await Promise.all(Array.from({ length: 400 }, async () => (await get(point)).status));
    assert.deepEqual([...new Set(statuses)].sort(), [200, 429]);
    // GetFeatureInfo counts as a point, and a tile of WMTS does not.
    const wmts = "/wmts/v3?layer=hrrr_tmp2m&tilematrixset=WebMercatorQuad&tilematrix=5&tilerow=12&tilecol=7&Request=";
    const asked = async (request: string) =>
      new Set(await Promise.all(Array.from({ length: 300 }, async () => (await get(wmts + request)).status)));
    assert.deepEqual([...await asked("GetFeatureInfo&i=1&j=1")].sort(), [200, 429]);
    assert.deepEqual([...await asked("GetTile")], [200]);

    // While the server is down, nginx still has the cached tiles.
    await server.stop();
    assert.equal((await get(tile)).status, 200);
    assert.equal((await get("/api/v3/hrrr/runs")).status, 502);
  } finally {
    await nginx[Symbol.asyncDispose]();
  }
  const lines = (await Deno.readTextFile(nginx.accessLog)).trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.some(({ status, cache }) => status === 200 && cache === "HIT"));
});

/** Fills the placeholders of a path in the README with published values. */
function filled(path: string): string {
  const names: Record<string, string> = {
    model: "hrrr",
    run: RUN,
    var: "tmp2m",
    lead: "0",
    key: "iso32f",
    z: "5",
    x: "7",
    y: "12",
    lat: "39",
    lon: "-98",
    file: "val.cog.tif",
  };
  const [place, query] = path.split("?");
  const inPlace = place!.replace(/\{([a-z]+)\}/g, (_, name: string) => names[name]!);
  return query === undefined
    ? inPlace
    : `${inPlace}?${query.split("&").map((name) => `${name}=${names[name]}`).join("&")}`;
}

Deno.test("nginx answers every address of the README and of the OpenAPI document, and no foreign host", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using nginx = await startNginx(folder.path, server.origin);
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  const inReadme = [...readme.matchAll(/`(?:GET |POST )?(\/(?:models-v3|tiles|api|cog|wmts)[^` ]*)`/g)].map((
    [, path],
  ) => path!);
  assert.ok(inReadme.length >= 15, inReadme.join());
  const inDocument = OPERATIONS.filter(({ method }) => method === "get").map(({ path, example, parameters }) => {
    const query = Object.keys(example).filter((name) => parameters[name]?.in === "query")
      .map((name) => `${name}=${example[name]}`).join("&");
    const place = path.replace(/\{([a-z_]+)\}/g, (_, name: string) => example[name]!);
    return query === "" ? place : `${place}?${query}`;
  });
  for (const path of [...inReadme.map(filled), ...inDocument]) {
    const response = await fetch(nginx.origin + path, { signal: AbortSignal.timeout(20_000) });
    const isStream = path === "/api/v3/events";
    const body = isStream ? "" : await response.text();
    if (isStream) await response.body?.cancel();
    assert.doesNotMatch(body, /<center>nginx/, `${path}: nginx has no place for it`);
    // 400: a request without its parameters is told which one is missing.
    assert.ok([200, 204, 400].includes(response.status), `${path}: ${response.status} ${body.slice(0, 200)}`);
  }
  // Requests with foreign Host headers, and with forwarding headers of a client.
  const ask = (path: string, ...headers: string[]) => rawGet(nginx.origin, path, headers);
  const tileJson = `/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`;
  for (
    const host of ["evil.example", "evil:99999", "h?model=gfs&lat=1#", "x/metrics?", "u@127.0.0.1"]
  ) {
    for (const path of [tileJson, "/api/v3/models", "/models-v3", "/metrics"]) {
      const { status, body } = await ask(path, `host: ${host}`);
      assert.ok([400, 421].includes(status), `"${host}" ${path}: ${status}`);
      assert.doesNotMatch(body, /twf_server|"models"/);
    }
  }
  assert.equal((await ask(tileJson, "host: 127.0.0.1:99999")).status, 400);
  const kept = await ask(tileJson, "host: localhost");
  assert.ok(JSON.parse(kept.body).tiles[0].startsWith("http://localhost/"), "what others asked with is not in it");
  for (const probe of ["/metrics", "/health", "/readyz", "/livez"]) {
    const local = await ask(probe, "host: localhost", "x-forwarded-for: 203.0.113.9");
    assert.equal(local.status, 200, "from this machine, whatever it says of itself");
  }
  const conf = await Deno.readTextFile(`${DEPLOYMENT}/nginx/twf_v3_site.conf`);
  const probes = /location ~ \^\/\(livez\|readyz\|health\|metrics\)\$ \{([^}]*)\}/.exec(conf)![1]!;
  assert.deepEqual(probes.match(/(allow|deny) [^;]+/g), ["allow 127.0.0.1", "allow ::1", "deny all"]);
});

Deno.test("nginx with a certificate speaks HTTP/2 with https addresses, and rejects other host names", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0]);
  await using server = await startServer(root.dataRoot);
  const nginx = await startNginx(folder.path, server.origin);
  try {
    using client = Deno.createHttpClient({ caCerts: [nginx.certificate] });
    const get = async (path: string) => {
      const response = await fetch(nginx.secureOrigin + path, { client } as RequestInit);
      return { status: response.status, text: await response.text() };
    };
    const tileJson = await get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`);
    assert.equal(tileJson.status, 200);
    assert.ok(JSON.parse(tileJson.text).tiles[0].startsWith(`${nginx.secureOrigin}/tiles/`), tileJson.text);
    assert.equal((await get("/models-v3")).status, 200);
    const { port } = new URL(nginx.secureOrigin);
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const other = await Deno.startTls(socket, { hostname: "other.example", caCerts: [nginx.certificate] });
    await assert.rejects(other.handshake(), /unrecognised/i);
    other.close();
  } finally {
    await nginx[Symbol.asyncDispose]();
  }
  const requests = (await Deno.readTextFile(nginx.accessLog)).trim().split("\n").map((line) =>
    JSON.parse(line).request
  );
  assert.ok(requests.some((request) => /models-v3 HTTP\/2\.0$/.test(request)), requests.join("\n"));
});

Deno.test("nginx closes a request whose head is never completed", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0]);
  await using server = await startServer(root.dataRoot);
  await using nginx = await startNginx(folder.path, server.origin);
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(nginx.origin).port) });
  await socket.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\nhost: loc"));
  const late = setTimeout(() => socket.close(), 60_000);
  const count = await socket.read(new Uint8Array(1000)).catch(() => "late");
  clearTimeout(late);
  assert.notEqual(count, "late");
});

Deno.test("through nginx a new hour is in all lists within about a second", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using nginx = await startNginx(folder.path, server.origin);
  const urls = [`${RUN}/tmp2m/frames`, `${RUN}/vars`, `${RUN}/manifest`, "runs"].map((url) => `/api/v3/hrrr/${url}`);
  const ask = async (url: string) => await (await fetch(nginx.origin + url)).text();
  const before = await Promise.all(urls.map(ask)); // another client requested them a moment before
  await publishHour(root.dataRoot, RUN, 3);
  // The server itself may show the state of a second before.
  await new Promise((wake) => setTimeout(wake, 1200));
  const after = await Promise.all(urls.map(ask));
  after.forEach((text, i) => assert.notEqual(text, before[i], urls[i]));
  assert.equal(JSON.parse(after[0]!).frames.length, 4);
});

Deno.test("nginx sends each client only a content coding that the client accepts", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using nginx = await startNginx(folder.path, server.origin);
  const frames = await (await fetch(`${nginx.origin}/api/v3/hrrr/${RUN}/tmp2m/frames`)).json();
  const v = frames.frames[0].v;
  const urls = [
    "/wmts/v3/1.0.0/WMTSCapabilities.xml",
    `/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json?v=${v}`,
    `/api/v3/hrrr/${RUN}/tmp2m/0?v=${v}`,
    `/api/v3/hrrr/${RUN}/tmp2m/0/contours/every10f?v=${v}`,
  ];
  for (const url of urls) {
    for (const coding of ["br", "gzip", "identity", "br"]) {
      const { head } = await rawGet(nginx.origin, url, ["host: localhost", `accept-encoding: ${coding}`]);
      const found = /^content-encoding: (.*)$/mi.exec(head)?.[1]?.trim() ?? "identity";
      assert.ok(found === coding || found === "identity", `${url}: ${found} for one who reads ${coding}`);
      assert.equal(head.match(/^vary:/gmi)?.length ?? 0, 1, head);
    }
  }
});

Deno.test("nginx ignores a client's own X-Forwarded-For", async () => {
  await using folder = await tempDir();
  await using root = await publishedRoot([0]);
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_SAMPLES_PER_SECOND: "2" });
  await using nginx = await startNginx(folder.path, server.origin);
  const point = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=39&lon=-98`;
  const statuses: number[] = [];
  for (let i = 0; i < 15; i++) {
    const headers = ["host: localhost", `x-forwarded-for: 203.0.113.${i}`];
    statuses.push((await rawGet(nginx.origin, point, headers)).status);
  }
  assert.ok(statuses.includes(429), statuses.join());
});
