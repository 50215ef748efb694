import { createHash } from "node:crypto";
import assert from "node:assert/strict";
import { frameFields, type FrameId, isoSeconds, type RunId, validTime } from "../../contract/identity.ts";
import { leadOfHours, wholeHours } from "../../contract/lead.ts";
import { latestSchema, type Manifest, manifestSchema } from "../../contract/manifest.ts";
import {
  artifactName,
  artifactPath,
  type DataKind,
  latestPath,
  manifestPath,
  rootsBelow,
  variableDirectory,
} from "../../contract/paths.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import { EXAMPLE_SIDECAR } from "../../tests/support/example_sidecar.ts";
import { filesUnder, makeReadOnly, smallDisk, tempDir, testWithSmallDisk } from "../../tests/support/temp_dir.ts";
import type { BuiltFrame } from "../frame/build_frame.ts";
import { filesOf, type FrameArtifacts } from "../frame/frame_artifacts.ts";
import { hrrr } from "../models/hrrr.ts";
import { runLeads } from "../models/model.ts";
import type { Model } from "../models/model.ts";
import type { PromotionRules } from "./latest_pointer.ts";
import { isPublished, publishFrame } from "./publish_frame.ts";
import { setUpRoots } from "./set_up_roots.ts";
import { stageFrame } from "./stage_frame.ts";
import { modelId, runId, varId } from "../../tests/support/identity.ts";

const HRRR = modelId("hrrr");
const RUN = runId("20260129_17z");
const OLDER = runId("20260129_16z");
const NEWER = runId("20260129_18z");

interface FrameOptions {
  readonly run?: RunId;
  readonly variable?: string;
  readonly isSynthetic?: boolean;
  readonly sizeBytes?: number;
  /** Reasons why the frame is degraded. */
  readonly reasons?: readonly string[];
  readonly hasLines?: boolean;
}

function frameId(hour: number, { run = RUN, variable = "tmp2m" }: FrameOptions = {}): FrameId {
  return { model: HRRR, run, var: varId(variable), lead: leadOfHours(hour) };
}

/** Makes a frame whose COGs are no COGs: publishing reads only names and the sidecar. */
function builtFrame(hour: number, options: FrameOptions = {}): BuiltFrame {
  const { isSynthetic = false, sizeBytes = 64, reasons, hasLines = false } = options;
  const frame = frameId(hour, options);
  const rgba = new Uint8Array(sizeBytes).fill(hour + 1);
  const values = new Uint8Array(sizeBytes).fill(hour + 101);
  const tiles = new Uint8Array(sizeBytes).fill(hour + 151);
  const contours = hasLines ? new Uint8Array(sizeBytes).fill(hour + 201) : null;
  const artifacts: FrameArtifacts = { rgba, values, tiles, contours, wind: null };
  const artifact = (kind: DataKind, bytes: Uint8Array) => ({
    file: artifactName(frame.lead, kind),
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  return {
    frame,
    sidecar: sidecarSchema.parse({
      ...EXAMPLE_SIDECAR,
      ...frameFields(frame),
      valid_time: isoSeconds(validTime(frame.run, frame.lead)),
      source: { ...EXAMPLE_SIDECAR.source, ...(isSynthetic ? { synthetic: true } : {}) },
      ...(reasons ? { quality: "degraded", quality_reasons: reasons } : {}),
      artifacts: Object.fromEntries(filesOf(artifacts).map(([kind, bytes]) => [kind, artifact(kind, bytes)])),
    }),
    artifacts,
    timingsMs: {},
  };
}

/** Rules without validation: the frames have no real COGs. */
const UNCHECKED: PromotionRules = { moveLatest: true, validate: () => Promise.resolve([]) };

/** Stages and publishes frames one after the other. */
async function publish(root: string, hours: readonly number[], options: FrameOptions = {}, model: Model = hrrr) {
  const outcomes = [];
  for (const hour of hours) {
    await stageFrame(rootsBelow(root), builtFrame(hour, options));
    outcomes.push(await publishFrame(rootsBelow(root), model, frameId(hour, options), UNCHECKED));
  }
  return outcomes;
}

async function readManifest(root: string, run = RUN): Promise<Manifest> {
  return manifestSchema.parse(JSON.parse(await Deno.readTextFile(`${root}/${manifestPath(HRRR, run)}`)));
}

const hoursOf = (manifest: Manifest, variable = "tmp2m") =>
  manifest.variables[varId(variable)]?.frames.map(({ fh }) => fh) ?? [];

/** Returns the run that LATEST names, or null when there is no LATEST. */
async function latestRun(root: string): Promise<string | null> {
  const files = await filesUnder(root);
  if (!files.includes(latestPath(HRRR))) return null;
  return latestSchema.parse(JSON.parse(await Deno.readTextFile(`${root}/${latestPath(HRRR)}`))).run_id;
}

/** Reads every file below a folder. */
async function snapshot(root: string): Promise<Map<string, string>> {
  const files = await filesUnder(root);
  return new Map(
    await Promise.all(files.map(async (file) => [file, await Deno.readTextFile(`${root}/${file}`)] as const)),
  );
}

Deno.test("stageFrame() puts RGBA COG, value COG and sidecar into staging", async () => {
  await using root = await tempDir();
  const built = builtFrame(3);
  await stageFrame(rootsBelow(root.path), built);
  const folder = "staging/hrrr/20260129_17z/tmp2m";
  assert.deepEqual(await filesUnder(root.path), [
    `${folder}/fh003.json`,
    `${folder}/fh003.pmtiles`,
    `${folder}/fh003.rgba.cog.tif`,
    `${folder}/fh003.val.cog.tif`,
  ]);
  assert.deepEqual(await Deno.readFile(`${root.path}/${folder}/fh003.rgba.cog.tif`), built.artifacts.rgba);
  assert.deepEqual(await Deno.readFile(`${root.path}/${folder}/fh003.val.cog.tif`), built.artifacts.values);
  const sidecar = JSON.parse(await Deno.readTextFile(`${root.path}/${folder}/fh003.json`));
  assert.deepEqual(sidecarSchema.parse(sidecar), built.sidecar);
});

Deno.test("publishFrame() writes a manifest with the first frame and moves its files", async () => {
  await using root = await tempDir();
  const [outcome] = await publish(root.path, [3]);
  assert.deepEqual(outcome, { isNew: true, promotion: { state: "not due" } });
  const { last_updated, ...manifest } = await readManifest(root.path);
  assert.ok(Math.abs(Date.parse(last_updated) - Date.now()) < 60_000);
  const sidecar = await Deno.readFile(`${root.path}/${artifactPath("published", frameId(3), "sidecar")}`);
  const sidecarHash = createHash("sha256").update(sidecar).digest("hex");
  assert.deepEqual(manifest, {
    contract_version: "3.1",
    model: "hrrr",
    run: "20260129_17z",
    complete: false,
    variables: {
      tmp2m: {
        name: EXAMPLE_SIDECAR.name,
        group: EXAMPLE_SIDECAR.group,
        kind: "continuous",
        units: "°F",
        expected_frames: 19,
        available_frames: 1,
        frames: [{ frame: "3", fh: 3, valid_time: "2026-01-29T20:00:00Z", v: sidecarHash.slice(0, 12) }],
      },
    },
  });
  const folder = "published/hrrr/20260129_17z/tmp2m";
  assert.deepEqual((await filesUnder(root.path)).filter((file) => !file.startsWith("manifests/")), [
    `${folder}/fh003.json`,
    `${folder}/fh003.pmtiles`,
    `${folder}/fh003.rgba.cog.tif`,
    `${folder}/fh003.val.cog.tif`,
  ]);
  assert.deepEqual(await Deno.readFile(`${root.path}/${folder}/fh003.rgba.cog.tif`), builtFrame(3).artifacts.rgba);
});

Deno.test("publishFrame() never rewrites a frame that is published", async () => {
  await using root = await tempDir();
  await publish(root.path, [3]);
  const before = await snapshot(root.path);
  const different = builtFrame(3, { sizeBytes: 99 });
  await stageFrame(rootsBelow(root.path), different);
  assert.deepEqual(await publishFrame(rootsBelow(root.path), hrrr, frameId(3), UNCHECKED), {
    isNew: false,
    promotion: { state: "not due" },
  });
  const after = await snapshot(root.path);
  for (const [file, text] of before) assert.equal(after.get(file), text, file);
  assert.deepEqual(await publishFrame(rootsBelow(root.path), hrrr, frameId(3), UNCHECKED), {
    isNew: false,
    promotion: { state: "not due" },
  });
});

Deno.test("publishFrame() lists frames in the order of their hours when they are published in another order", async () => {
  await using root = await tempDir();
  await publish(root.path, [5, 0, 12, 3]);
  assert.deepEqual(hoursOf(await readManifest(root.path)), [0, 3, 5, 12]);
});

Deno.test("publishFrame() refuses a frame that is not staged, and writes nothing", async () => {
  await using root = await tempDir();
  await assert.rejects(
    publishFrame(rootsBelow(root.path), hrrr, frameId(3), UNCHECKED),
    /^NotStagedError: Cannot publish hrrr\/20260129_17z\/tmp2m\/3: it is not in staging$/,
  );
  assert.deepEqual(await filesUnder(root.path), ["manifests/hrrr/.lock"]);
});

Deno.test("publishFrame() changes nothing when the manifest is damaged", async () => {
  await using root = await tempDir();
  await publish(root.path, [0]);
  await stageFrame(rootsBelow(root.path), builtFrame(1));
  for (const text of ["{", "{}", JSON.stringify({ ...await readManifest(root.path), contract_version: "2.0" })]) {
    await Deno.writeTextFile(`${root.path}/${manifestPath(HRRR, RUN)}`, text);
    const before = await snapshot(root.path);
    await assert.rejects(publishFrame(rootsBelow(root.path), hrrr, frameId(1), UNCHECKED));
    assert.deepEqual(await snapshot(root.path), before);
  }
});

Deno.test("publishFrame() does not list a frame in the manifest when its files could not be moved", async () => {
  for (const kind of ["rgba", "values", "sidecar"] as const) {
    await using root = await tempDir();
    await publish(root.path, [0]);
    await stageFrame(rootsBelow(root.path), builtFrame(1));
    const before = await Deno.readTextFile(`${root.path}/${manifestPath(HRRR, RUN)}`);
    const obstacle = `${root.path}/${artifactPath("published", frameId(1), kind)}`;
    await Deno.mkdir(`${obstacle}/inner`, { recursive: true });
    await assert.rejects(publishFrame(rootsBelow(root.path), hrrr, frameId(1), UNCHECKED), /os error/);
    assert.equal(await Deno.readTextFile(`${root.path}/${manifestPath(HRRR, RUN)}`), before);
    await Deno.remove(obstacle, { recursive: true });
    await publish(root.path, [1]);
    assert.deepEqual(hoursOf(await readManifest(root.path)), [0, 1], "a new try succeeds");
  }
});

Deno.test("publishFrame() marks a run complete with its last frame and not before", async () => {
  await using root = await tempDir();
  const hours = runLeads(hrrr, RUN);
  const oneVariable = { ...hrrr, variables: hrrr.variables.slice(0, 1) };
  await publish(root.path, hours.slice(0, -1).map((lead) => wholeHours(lead)!), {}, oneVariable);
  assert.equal((await readManifest(root.path)).complete, false);
  await publish(root.path, hours.slice(-1).map((lead) => wholeHours(lead)!), {}, oneVariable);
  const manifest = await readManifest(root.path);
  assert.equal(manifest.complete, true);
  assert.equal(manifest.variables[varId("tmp2m")]!.available_frames, 19);
});

Deno.test("publishFrame() expects 49 frames when the cycle is a long one", async () => {
  await using root = await tempDir();
  await publish(root.path, [48], { run: NEWER });
  assert.equal((await readManifest(root.path, NEWER)).variables[varId("tmp2m")]!.expected_frames, 49);
});

Deno.test("publishFrame() writes LATEST with the last of hours 0, 1 and 2 of the primary variable", async () => {
  for (const order of [[0, 1, 2], [2, 0, 1], [1, 2, 0], [7, 5, 0, 1, 2], [1, 0, 3, 4, 2]]) {
    await using root = await tempDir();
    for (const hour of order.slice(0, -1)) {
      const [outcome] = await publish(root.path, [hour]);
      assert.equal(outcome!.promotion.state, "not due", `hour ${hour} of ${order}`);
      assert.equal(await latestRun(root.path), null, `after hour ${hour} of ${order}`);
    }
    const [outcome] = await publish(root.path, order.slice(-1));
    assert.equal(outcome!.promotion.state, "promoted", String(order));
    assert.equal(await latestRun(root.path), RUN, String(order));
  }
});

Deno.test("publishFrame() writes LATEST once for a run", async () => {
  await using root = await tempDir();
  await publish(root.path, [0, 1, 2]);
  const before = await Deno.readTextFile(`${root.path}/${latestPath(HRRR)}`);
  assert.deepEqual(latestSchema.parse(JSON.parse(before)).cycle_utc, "2026-01-29T17:00:00Z");
  assert.deepEqual(await publish(root.path, [3]), [{ isNew: true, promotion: { state: "not due" } }]);
  assert.equal(await Deno.readTextFile(`${root.path}/${latestPath(HRRR)}`), before);
});

Deno.test("publishFrame() does not count variables that are not primary", async () => {
  await using root = await tempDir();
  const model: Model = {
    ...hrrr,
    variables: [hrrr.variables[0]!, { ...hrrr.variables[0]!, id: varId("dpt2m"), primary: false }],
  };
  await publish(root.path, [1, 2, 3], { variable: "dpt2m" }, model);
  assert.equal(await latestRun(root.path), null);
  await publish(root.path, [0, 1, 2], {}, model);
  assert.equal(await latestRun(root.path), RUN);
  const manifest = await readManifest(root.path);
  assert.deepEqual([hoursOf(manifest, "tmp2m"), hoursOf(manifest, "dpt2m")], [[0, 1, 2], [1, 2, 3]]);
});

Deno.test("publishFrame() moves LATEST to a newer run and never back to an older one", async () => {
  await using root = await tempDir();
  await publish(root.path, [0, 1, 2]);
  const older = await publish(root.path, [0, 1, 2, 3], { run: OLDER });
  assert.ok(older.every(({ isNew, promotion }) => isNew && promotion.state === "not due"));
  assert.equal(await latestRun(root.path), RUN);
  await publish(root.path, [0, 1], { run: NEWER });
  assert.equal(await latestRun(root.path), RUN);
  assert.deepEqual(await publish(root.path, [2], { run: NEWER }), [{ isNew: true, promotion: { state: "promoted" } }]);
  assert.equal(await latestRun(root.path), NEWER);
  await publish(root.path, [3, 4]);
  assert.equal(await latestRun(root.path), NEWER);
});

Deno.test("publishFrame() marks a run as synthetic as soon as one frame is", async () => {
  await using root = await tempDir();
  await publish(root.path, [0]);
  assert.equal((await readManifest(root.path)).synthetic, undefined);
  await publish(root.path, [1], { isSynthetic: true });
  assert.equal((await readManifest(root.path)).synthetic, true);
  await publish(root.path, [2]);
  assert.equal((await readManifest(root.path)).synthetic, true);
});

Deno.test("publishFrame() lists degraded frames in the manifest with their quality reasons", async () => {
  await using root = await tempDir();
  await publish(root.path, [0, 2]);
  await publish(root.path, [1], { reasons: ["type inferred from temperature in 3.0 % of the cells with an echo"] });
  const { frames } = (await readManifest(root.path)).variables[varId("tmp2m")]!;
  assert.deepEqual(frames.map(({ quality, quality_reasons }) => [quality, quality_reasons]), [
    [undefined, undefined],
    ["degraded", ["type inferred from temperature in 3.0 % of the cells with an echo"]],
    [undefined, undefined],
  ]);
});

Deno.test("publishFrame() moves the contours of a frame that has some, and refuses contours that do not match the sidecar", async () => {
  await using root = await tempDir();
  await publish(root.path, [0], { hasLines: true });
  const published = (await filesUnder(root.path)).filter((path) => path.startsWith("published/hrrr"));
  assert.ok(published.some((path) => path.endsWith("/fh000.contours.json")), published.join());
  await stageFrame(rootsBelow(root.path), builtFrame(1, { hasLines: true }));
  await Deno.writeFile(`${root.path}/${artifactPath("staging", frameId(1), "contours")}`, new Uint8Array(3));
  await assert.rejects(
    publishFrame(rootsBelow(root.path), hrrr, frameId(1), UNCHECKED),
    /fh001\.contours\.json does not match the hash in its sidecar/,
  );
});

Deno.test("isPublished() is true for the frames a manifest names and no others", async () => {
  await using root = await tempDir();
  assert.equal(await isPublished(rootsBelow(root.path), frameId(3)), false);
  await stageFrame(rootsBelow(root.path), builtFrame(3));
  assert.equal(await isPublished(rootsBelow(root.path), frameId(3)), false, "staged is not published");
  await publishFrame(rootsBelow(root.path), hrrr, frameId(3), UNCHECKED);
  assert.equal(await isPublished(rootsBelow(root.path), frameId(3)), true);
  assert.equal(await isPublished(rootsBelow(root.path), frameId(4)), false);
  assert.equal(await isPublished(rootsBelow(root.path), frameId(3, { variable: "dpt2m" })), false);
  assert.equal(await isPublished(rootsBelow(root.path), frameId(3, { run: NEWER })), false);
});

Deno.test("publishFrame() loses no frame when several are published at once in one process", async () => {
  await using root = await tempDir();
  const hours = [0, 1, 2, 3, 4, 5, 6, 7];
  await Promise.all(hours.map((hour) => stageFrame(rootsBelow(root.path), builtFrame(hour))));
  const outcomes = await Promise.all(
    hours.map((hour) => publishFrame(rootsBelow(root.path), hrrr, frameId(hour), UNCHECKED)),
  );
  assert.deepEqual(hoursOf(await readManifest(root.path)), hours);
  assert.equal(outcomes.filter(({ promotion }) => promotion.state === "promoted").length, 1);
  assert.equal(await latestRun(root.path), RUN);
});

Deno.test("publishFrame() publishes a frame once when several calls ask for it at the same time", async () => {
  await using root = await tempDir();
  await stageFrame(rootsBelow(root.path), builtFrame(3));
  const outcomes = await Promise.all(
    [3, 3, 3].map((hour) => publishFrame(rootsBelow(root.path), hrrr, frameId(hour), UNCHECKED)),
  );
  assert.equal(outcomes.filter(({ isNew }) => isNew).length, 1);
  assert.deepEqual(hoursOf(await readManifest(root.path)), [3]);
});

Deno.test("publishFrame() loses no frame when several processes publish at once", async () => {
  await using root = await tempDir();
  const shares = [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]];
  await Promise.all(shares.flat().map((hour) => stageFrame(rootsBelow(root.path), builtFrame(hour))));
  const script = `
    import { rootsBelow } from "${new URL("../../contract/paths.ts", import.meta.url)}";
    import { hrrr } from "${new URL("../models/hrrr.ts", import.meta.url)}";
    import { publishFrame } from "${new URL("./publish_frame.ts", import.meta.url)}";
    const { root, frames } = JSON.parse(Deno.env.get("TEST_FRAMES"));
    for (const frame of frames) await publishFrame(rootsBelow(root), hrrr, frame, { moveLatest: true, validate: () => Promise.resolve([]) });
  `;
  const results = await Promise.all(shares.map((hours) =>
    new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--no-check", script],
      env: { TEST_FRAMES: JSON.stringify({ root: root.path, frames: hours.map((hour) => frameId(hour)) }) },
      stdout: "null",
    }).output()
  ));
  for (const { success, stderr } of results) assert.ok(success, new TextDecoder().decode(stderr));
  assert.deepEqual(hoursOf(await readManifest(root.path)), shares.flat().sort((a, b) => a - b));
  assert.equal(await latestRun(root.path), RUN);
});

testWithSmallDisk("stageFrame() leaves no file of a frame when the disk is full at any of its files", async () => {
  const kb = (count: number) => new Uint8Array(count * 1024);
  const small = builtFrame(3).artifacts;
  const large = { ...builtFrame(3).sidecar, gdal_version: "x".repeat(900 * 1024) };
  const cases = [
    { file: "fh003.rgba.cog.tif", built: { ...builtFrame(3), artifacts: { ...small, rgba: kb(900) } } },
    { file: "fh003.val.cog.tif", built: { ...builtFrame(3), artifacts: { ...small, rgba: kb(200), values: kb(600) } } },
    {
      file: "fh003.json",
      built: { ...builtFrame(3), artifacts: { ...small, rgba: kb(200), tiles: kb(100) }, sidecar: large },
    },
  ];
  for (const { file, built } of cases) {
    await using disk = await smallDisk(512);
    await assert.rejects(stageFrame(rootsBelow(disk.path), built), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, new RegExp(`^Cannot write ".*/${file}": No space left on device`));
      return true;
    });
    assert.deepEqual(await filesUnder(disk.path), [], file);
  }
});

testWithSmallDisk(
  "publishFrame() shows no part of a frame when the disk is full, and all of it after a new try",
  async () => {
    await using disk = await smallDisk(256);
    await publish(disk.path, [0]);
    await stageFrame(rootsBelow(disk.path), builtFrame(1));
    const before = await Deno.readTextFile(`${disk.path}/${manifestPath(HRRR, RUN)}`);
    await fillUp(`${disk.path}/ballast`);
    await assert.rejects(publishFrame(rootsBelow(disk.path), hrrr, frameId(1), UNCHECKED), /No space left on device/);
    assert.equal(await Deno.readTextFile(`${disk.path}/${manifestPath(HRRR, RUN)}`), before);
    assert.equal(await isPublished(rootsBelow(disk.path), frameId(1)), false);
    assert.deepEqual((await filesUnder(disk.path)).filter((file) => file.endsWith(".tmp")), []);
    await Deno.remove(`${disk.path}/ballast`);
    await publish(disk.path, [1]);
    assert.deepEqual(hoursOf(await readManifest(disk.path)), [0, 1]);
  },
);

testWithSmallDisk("stageFrame() and publishFrame() change nothing on a read-only disk", async () => {
  await using disk = await smallDisk(512);
  await publish(disk.path, [0]);
  await stageFrame(rootsBelow(disk.path), builtFrame(1));
  const before = await snapshot(disk.path);
  makeReadOnly(disk);
  await assert.rejects(
    stageFrame(rootsBelow(disk.path), builtFrame(2)),
    /^DiskError: Cannot write ".*": .*Read-only file system/,
  );
  await assert.rejects(publishFrame(rootsBelow(disk.path), hrrr, frameId(1), UNCHECKED), /Read-only file system/);
  assert.deepEqual(await snapshot(disk.path), before);
});

async function fillUp(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  const page = new Uint8Array(4096);
  try {
    while (true) await file.write(page);
  } catch (error) {
    if (!(error instanceof Error && /No space left/.test(error.message))) throw error;
  }
}

Deno.test("publishFrame() refuses a frame whose files do not match its sidecar", async () => {
  await using root = await tempDir();
  const staged = (hour: number, kind: "rgba" | "sidecar") =>
    `${root.path}/${artifactPath("staging", frameId(hour), kind)}`;
  await stageFrame(rootsBelow(root.path), builtFrame(0));
  await Deno.writeFile(staged(0, "rgba"), Uint8Array.of(1, 2, 3));
  await assert.rejects(
    publishFrame(rootsBelow(root.path), hrrr, frameId(0), UNCHECKED),
    /does not match the hash in its sidecar/,
  );
  await stageFrame(rootsBelow(root.path), builtFrame(0));
  await stageFrame(rootsBelow(root.path), builtFrame(1));
  await Deno.copyFile(staged(1, "sidecar"), staged(0, "sidecar"));
  await assert.rejects(
    publishFrame(rootsBelow(root.path), hrrr, frameId(0), UNCHECKED),
    /its sidecar describes hrrr\/.*\/1/,
  );
  assert.equal(await isPublished(rootsBelow(root.path), frameId(0)), false);
});

Deno.test("publishFrame() finishes a frame when its publisher died between two renames", async () => {
  for (const moved of [["rgba"], ["rgba", "values"], ["rgba", "values", "sidecar"]] as const) {
    await using root = await tempDir();
    await setUpRoots(rootsBelow(root.path));
    await stageFrame(rootsBelow(root.path), builtFrame(0));
    await Deno.mkdir(`${root.path}/${variableDirectory("published", frameId(0))}`, { recursive: true });
    for (const kind of moved) {
      const path = (stage: "staging" | "published") => `${root.path}/${artifactPath(stage, frameId(0), kind)}`;
      await Deno.rename(path("staging"), path("published"));
    }
    assert.equal((await publishFrame(rootsBelow(root.path), hrrr, frameId(0), UNCHECKED)).isNew, true, moved.join());
    assert.deepEqual(hoursOf(await readManifest(root.path)), [0]);
  }
});

Deno.test("publishFrame() removes a second builder's staged copy of a published frame", async () => {
  await using root = await tempDir();
  await publish(root.path, [0]);
  await stageFrame(rootsBelow(root.path), builtFrame(0));
  assert.equal((await publishFrame(rootsBelow(root.path), hrrr, frameId(0), UNCHECKED)).isNew, false);
  assert.deepEqual((await filesUnder(root.path)).filter((file) => file.startsWith("staging/")), []);
});
