import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";
import { manifestSchema } from "../../contract/manifest.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import {
  changed,
  fakeMessage,
  type Fault,
  faultyBucket,
  namingBytesBeyond,
  rangeIgnored,
  status,
  withoutEnd,
  writeObject,
} from "../support/faulty_bucket.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { canMount, filesUnder, makeReadOnly, smallDisk, tempDir, testWithSmallDisk } from "../support/temp_dir.ts";
import { locateGdal } from "../../builder/gdal/locate.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const FRAME = ["--model", "hrrr", "--run", "20260129_17z", "--var", "tmp2m", "--fh", "1"];
const OBJECT_PATH = "hrrr.20260129/conus/hrrr.t17z.wrfsfcf01.grib2";
const STAGED = ["fh001.contours.json", "fh001.json", "fh001.pmtiles", "fh001.rgba.cog.tif", "fh001.val.cog.tif"];

const realMessage = () => requireSharedData("hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2");

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command with the permissions of its task, and without this process's settings. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const library = locateGdal(Deno.env.get("TWF_V3_GDAL_LIB"));
  const { tasks } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
  const command: string = tasks["build-frame"].command.split("&&").at(-1).trim();
  const [program, ...taskArgs] = command.replaceAll(/\$[A-Z0-9_]+/g, library).split(" ");
  assert.equal(program, "deno");
  const kept = ["PATH", "HOME", "DENO_DIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...taskArgs, ...args],
    cwd: PROJECT,
    clearEnv: true,
    env: { ...Object.fromEntries(kept), NO_COLOR: "1", TWF_V3_GDAL_LIB: library, ...env },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** Checks that the command failed with a readable reason and without a stack trace. */
function assertRefused({ code, stdout, stderr }: Result, expected: { code: number; reason: RegExp }): void {
  assert.match(stderr, expected.reason);
  assert.match(stderr, /^error: /);
  assert.doesNotMatch(stderr, /^\s+at /m, "a stack is no message");
  assert.equal(code, expected.code, stderr);
  assert.equal(stdout, "");
}

/** Runs the command with its own data root, and checks that it fails and leaves no file there. */
async function assertFailsCleanly(args: readonly string[], reason: RegExp): Promise<Result> {
  await using root = await tempDir();
  const result = await run([...FRAME, "--data-root", root.path, "--publish", "--json", ...args]);
  assertRefused(result, { code: 1, reason });
  assert.deepEqual(await filesUnder(root.path), []);
  return result;
}

const without = (name: string) => FRAME.filter((_, i) => FRAME[i] !== `--${name}` && FRAME[i - 1] !== `--${name}`);
const withValue = (name: string, value: string) => [...without(name), `--${name}=${value}`];

const WRONG_USAGE: readonly { when: string; args: readonly string[]; reason: RegExp; showsUsage: boolean }[] = [
  ...["model", "run", "var", "fh"].map((name) => ({
    when: `--${name} is missing`,
    args: without(name),
    reason: new RegExp(`^error: --${name} is required$`, "m"),
    showsUsage: true,
  })),
  {
    when: "the model is unknown",
    args: withValue("model", "nosuch"),
    reason: /^error: Unknown model "nosuch": this builder knows .*hrrr/,
    showsUsage: false,
  },
  {
    when: "the model is a path",
    args: withValue("model", "../hrrr"),
    reason: /^error: --model "\.\.\/hrrr": expected a model id/,
    showsUsage: true,
  },
  {
    when: "the run is not in the calendar",
    args: withValue("run", "20260230_00z"),
    reason: /^error: --run "20260230_00z": expected a UTC cycle such as/,
    showsUsage: true,
  },
  {
    when: "the variable is unknown",
    args: withValue("var", "nosuch"),
    reason: /^error: Unknown variable "nosuch" of hrrr: it has .*tmp2m/,
    showsUsage: false,
  },
  {
    when: "the cycle has no such hour",
    args: withValue("fh", "99"),
    reason: /^error: --fh 99: hrrr 20260129_17z has forecast hours 0 to 18 of tmp2m$/m,
    showsUsage: true,
  },
  {
    when: "the hour is no whole number",
    args: withValue("fh", "-1"),
    reason: /^error: --fh "-1": expected a frame such as 3 or 3m15: hours from 0 to 999, and minutes from 01 to 59$/m,
    showsUsage: true,
  },
  {
    when: "a flag is unknown",
    args: [...FRAME, "--frobnicate"],
    reason: /^error: .*--frobnicate/,
    showsUsage: true,
  },
  { when: "there is a word too many", args: [...FRAME, "extra"], reason: /^error: .*extra/, showsUsage: true },
  {
    when: "--grib and --source are both given",
    args: [...FRAME, "--grib", "x.grib2", "--source", "aws"],
    reason: /^error: --grib and --source cannot be combined$/m,
    showsUsage: true,
  },
  {
    when: "the source is unknown",
    args: [...FRAME, "--source", "aws,nosuch"],
    reason: /^error: Unknown source "nosuch": expected aws, google, azure, nomads, or a base URL/,
    showsUsage: false,
  },
  {
    when: "no layout is known for the date",
    args: [...withValue("run", "20100101_00z"), "--source", "file:///nowhere/"],
    reason: /^error: No layout of product "sfc" covers runs of 2010-01-01/,
    showsUsage: false,
  },
];

Deno.test("build-frame exits with 2 and the reason when the usage is wrong", async (t) => {
  await using root = await tempDir();
  const results = await Promise.all(WRONG_USAGE.map(({ args }) => run([...args, "--data-root", root.path])));
  for (const [i, { when, reason, showsUsage }] of WRONG_USAGE.entries()) {
    await t.step(when, () => {
      assertRefused(results[i]!, { code: 2, reason });
      assert.equal(results[i]!.stderr.includes("usage: deno task build-frame"), showsUsage);
    });
  }
  assert.deepEqual(await filesUnder(root.path), []);
});

Deno.test("build-frame exits with 2 and names the variable when the environment is wrong", async () => {
  await using root = await tempDir();
  const args = [...FRAME, "--grib", "x.grib2", "--data-root", root.path];
  const [library, tileSize] = await Promise.all([
    run(args, { TWF_V3_GDAL_LIB: "/no/such/libgdal.so" }),
    run(args, { TWF_V3_TILE_SIZE: "300" }),
  ]);
  assertRefused(library!, { code: 2, reason: /TWF_V3_GDAL_LIB names "\/no\/such\/libgdal\.so", which is not a file/ });
  assertRefused(tileSize!, { code: 2, reason: /TWF_V3_TILE_SIZE="300": expected 256 or 512/ });
});

Deno.test("build-frame exits with 1 and leaves no file when the GRIB file is missing or damaged", async () => {
  await using folder = await tempDir();
  const file = (name: string) => `${folder.path}/${name}`;
  const whole = fakeMessage(200);
  await Deno.writeTextFile(file("page.grib2"), "<html>no such key</html>");
  await Deno.writeTextFile(file("empty.grib2"), "");
  await Deno.writeFile(file("short.grib2"), whole.slice(0, 150));
  await Deno.writeFile(file("endless.grib2"), withoutEnd(whole));
  await Deno.writeFile(file("first.grib2"), whole.map((byte, i) => i === 7 ? 1 : byte));
  await Deno.writeFile(file("hollow.grib2"), whole);
  await Promise.all([
    assertFailsCleanly(["--grib", file("absent.grib2")], /^error: Cannot read GRIB file ".*": it does not exist\n$/),
    assertFailsCleanly(["--grib", file("page.grib2")], /^error: Not a GRIB2 file: ".*page\.grib2" holds no message\n$/),
    assertFailsCleanly(
      ["--grib", file("empty.grib2")],
      /^error: Not a GRIB2 file: ".*empty\.grib2" holds no message\n$/,
    ),
    assertFailsCleanly(["--grib", file("short.grib2")], /^error: Truncated GRIB: message 1 .* lacks the last 50\n$/),
    assertFailsCleanly(["--grib", file("endless.grib2")], /^error: Corrupt GRIB: message 1 .* not end in 7777\n$/),
    assertFailsCleanly(
      ["--grib", file("first.grib2")],
      /^error: Not a GRIB2 file: ".*first\.grib2" holds no message\n$/,
    ),
    assertFailsCleanly(["--grib", file("hollow.grib2")], /^error: .*hollow\.grib2/),
  ]);
});

Deno.test("build-frame exits with 1 and the reason of each source when the bucket fails", async () => {
  await using folder = await tempDir();
  await writeObject(`${folder.path}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100), what: "REFC:entire atmosphere:1 hour fcst:" },
    { bytes: fakeMessage(500), what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: fakeMessage(100), what: "POT:2 m above ground:1 hour fcst:" },
  ]);
  const cases: readonly (Fault & { reason: RegExp })[] = [
    {
      path: /idx$/,
      effect: status(404),
      reason: /\n {2}127\.0\.0\.1:[0-9]+ \(missing\): http:.*\.idx answered 404\n$/,
    },
    { path: /./, effect: status(403), reason: /\(refused\): http:.*answered 403\n$/ },
    {
      path: /grib2$/,
      effect: rangeIgnored(),
      reason: /\(refused\): http:.*ignored the byte range and answered 200/,
    },
    { path: /idx$/, effect: changed(namingBytesBeyond), reason: /\(missing\): .*416: its index names bytes beyond/ },
    { path: /grib2$/, effect: changed(withoutEnd), reason: /\(bad-answer\): Corrupt GRIB: .*does not end in 7777\n$/ },
  ];
  await Promise.all(cases.map(async ({ reason, ...fault }) => {
    await using bucket = faultyBucket(folder.path, [fault]);
    const { stderr } = await assertFailsCleanly(["--source", bucket.baseUrl], reason);
    assert.match(
      stderr,
      /^error: Cannot fetch TMP:2 m above ground of hrrr 20260129_17z forecast hour 1 from any source:/,
    );
    assert.equal(stderr.trim().split("\n").length, 2, stderr);
  }));
});

testWithSharedData(
  "build-frame exits with 1 and leaves no file when the real message is truncated or not the requested one",
  async () => {
    await using folder = await tempDir();
    const bytes = await Deno.readFile(realMessage());
    const truncated = `${folder.path}/truncated.grib2`;
    await Deno.writeFile(truncated, bytes.slice(0, -1000));
    const otherHour = requireSharedData("hrrr/hrrr.20260129.t17z.f000.tmp2m.grib2");
    const otherField = requireSharedData("hrrr/hrrr.20260129.t17z.f001.refc.grib2");
    await Promise.all([
      assertFailsCleanly(
        ["--grib", truncated],
        /^error: Truncated GRIB: message 1 of ".*truncated\.grib2" should be 1194459 bytes long and lacks the last 1000\n$/,
      ),
      assertFailsCleanly(
        ["--grib", otherHour],
        /^error: Wrong message: ".*f000\.tmp2m\.grib2" has no TMP:2 m .* valid 2026-01-29T18:00:00Z; it holds TMP:2 m above ground:anl .* valid 2026-01-29T17:00:00Z\n$/,
      ),
      assertFailsCleanly(
        ["--grib", otherField],
        /^error: Wrong message: ".*refc\.grib2" .*; it holds REFC:entire atmosphere/,
      ),
    ]);
  },
);

testWithSharedData("build-frame prints one line of JSON on stdout and one line for people on stderr", async () => {
  await using root = await tempDir();
  const { code, stdout, stderr } = await run([
    ...FRAME,
    "--grib",
    requireSharedData("hrrr/hrrr.20260129.t17z.f001.refc.grib2"),
    "--grib",
    realMessage(),
    "--data-root",
    root.path,
    "--json",
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^\{.*\}\n$/);
  const folder = "staging/hrrr/20260129_17z/tmp2m";
  const { sidecar, timings_ms, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, {
    status: "staged",
    model: "hrrr",
    run: "20260129_17z",
    var: "tmp2m",
    frame: "1",
    fh: 1,
    path: `${folder}/fh001.json`,
    promoted: false,
  });
  assert.ok(timings_ms.total > 0);
  assert.equal(sidecarSchema.parse(sidecar).source.provider, "file");
  assert.equal(stderr, `staged: hrrr 20260129_17z tmp2m fh 1, ${folder}/fh001.json\n`);
  assert.deepEqual(await filesUnder(root.path), STAGED.map((name) => `${folder}/${name}`));
  assert.deepEqual(JSON.parse(await Deno.readTextFile(`${root.path}/${folder}/fh001.json`)), sidecar);
});

testWithSharedData(
  "build-frame fetches from a folder laid out like the bucket, publishes, and fetches nothing the second time",
  async () => {
    await using folder = await tempDir();
    await using root = await tempDir();
    await writeRealObject(folder.path);
    const base = pathToFileURL(folder.path).href;
    const args = [...FRAME, "--source", base, "--publish", "--json"];
    const first = await run([...args, "--data-root", root.path]);
    assert.equal(first.code, 0, first.stderr);
    const { status, sidecar } = JSON.parse(first.stdout);
    assert.equal(status, "published");
    const { offset, length, sha256, modified } = sidecar.source.messages[0];
    const range = (await Deno.readFile(`${folder.path}/${OBJECT_PATH}`)).subarray(offset, offset + length);
    assert.equal(createHash("sha256").update(range).digest("hex"), sha256);
    assert.equal(length, 1194459);
    assert.deepEqual(sidecar.source, {
      provider: "file",
      url: `${base}/${OBJECT_PATH}`,
      grib_messages: ["TMP:2 m above ground:1 hour fcst"],
      bytes: 1194459,
      reference_time: "2026-01-29T17:00:00Z",
      messages: [{
        name: "TMP:2 m above ground:1 hour fcst",
        url: `${base}/${OBJECT_PATH}`,
        offset,
        length,
        sha256,
        etag: null,
        modified,
        centre: 7,
        sub_centre: 0,
        process: 83,
        production_status: 0,
        data_type: 1,
      }],
    });
    const files = await filesUnder(root.path);
    assert.deepEqual(
      files.filter((file) => /^(published|staging)\//.test(file)),
      STAGED.map((name) => `published/hrrr/20260129_17z/tmp2m/${name}`),
    );
    const manifest = manifestSchema.parse(
      JSON.parse(await Deno.readTextFile(`${root.path}/manifests/hrrr/20260129_17z.json`)),
    );
    assert.equal(manifest.synthetic, undefined);
    assert.match(first.stderr, /serve shows it at \/models-v3\?model=hrrr&run=20260129_17z&var=tmp2m&fh=1$/m);
    assert.match(
      first.stderr,
      /^run=latest names no run yet; a newer run is promoted once it has the first 3 hours of tmp2m/m,
    );

    await Deno.remove(folder.path + "/" + OBJECT_PATH);
    const second = await run([...args, "--data-root", root.path]);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(JSON.parse(second.stdout).status, "already_published");
    assert.match(second.stderr, /^already published: /);
    assert.deepEqual(await filesUnder(root.path), files);
  },
);

testWithSharedData("build-frame loses no hour when two are published at once", async () => {
  await using root = await tempDir();
  const results = await Promise.all([0, 1].map((hour) =>
    run([
      ...withValue("fh", String(hour)),
      "--grib",
      requireSharedData(`hrrr/hrrr.20260129.t17z.f00${hour}.tmp2m.grib2`),
      "--data-root",
      root.path,
      "--publish",
    ])
  ));
  for (const { code, stderr } of results) assert.equal(code, 0, stderr);
  const manifest = manifestSchema.parse(
    JSON.parse(await Deno.readTextFile(`${root.path}/manifests/hrrr/20260129_17z.json`)),
  );
  assert.deepEqual(Object.values(manifest.variables)[0]!.frames.map(({ fh }) => fh), [0, 1]);
});

const testWithBoth = canMount ? testWithSharedData : testWithSmallDisk;

testWithBoth("build-frame exits with 1 and leaves no file when the disk is full or read-only", async () => {
  await using full = await smallDisk(512);
  await using readOnly = await smallDisk(512);
  makeReadOnly(readOnly);
  const [onFull, onReadOnly] = await Promise.all(
    [full, readOnly].map(({ path }) => run([...FRAME, "--grib", realMessage(), "--publish", "--data-root", path])),
  );
  assertRefused(onFull!, { code: 1, reason: /^error: Cannot write ".*": No space left on device \(os error 28\)\n$/ });
  assertRefused(onReadOnly!, { code: 1, reason: /^error: Cannot write ".*": Read-only file system \(os error 30\)/ });
  assert.deepEqual(await filesUnder(full.path), []);
  assert.deepEqual(await filesUnder(readOnly.path), []);
});

/** Writes the real message between two others, with an inventory as in a bucket. */
async function writeRealObject(folder: string): Promise<void> {
  await writeObject(`${folder}/${OBJECT_PATH}`, "2026012917", [
    { bytes: fakeMessage(100), what: "REFC:entire atmosphere:1 hour fcst:" },
    { bytes: await Deno.readFile(realMessage()), what: "TMP:2 m above ground:1 hour fcst:" },
    { bytes: fakeMessage(100), what: "POT:2 m above ground:1 hour fcst:" },
  ]);
}
