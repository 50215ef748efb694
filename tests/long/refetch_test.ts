import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { type ArtifactKind, artifactPath, rootsBelow } from "../../contract/paths.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { writeRgbaCog } from "../../builder/cog/rgba_cog.ts";
import { frameTiles } from "../../builder/frame/frame_tiles.ts";
import { framePyramid } from "../../builder/frame/pyramid.ts";
import { paletteColors } from "../../builder/style/palette_numbers.ts";
import { valueCogBytes } from "../support/value_cog_bytes.ts";
import { Dataset } from "../../builder/gdal/dataset.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { gfs } from "../../builder/models/gfs.ts";
import { findVariable } from "../../builder/models/registry.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import { Archive } from "../../builder/pmtiles/read_archive.ts";
import { readFrameSidecar } from "../../builder/publish/frame_sidecar.ts";
import { chosenFrames, verifyRun } from "../../builder/publish/verify_run.ts";
import { type RefetchedFrame, refetchFrames } from "../../builder/publish/refetch_run.ts";
import { decodeWind, encodeWind } from "../../builder/wind/wind_png.ts";
import { type Effect, type FaultyBucket, faultyBucket, status } from "../support/faulty_bucket.ts";
import { runId, varId } from "../support/identity.ts";
import { layOutRealBuckets } from "../support/real_bucket.ts";
import { rewriteSidecar } from "../support/rewrite_sidecar.ts";
import { runBuildFrame, runCommand } from "../support/run_command.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { filesUnder, tempDir } from "../support/temp_dir.ts";

const RUN = runId("20260129_12z");
const FRAME = { model: gfs.id, run: RUN, var: varId("tmp2m"), lead: leadOfHours(6) };
/** Object of FRAME: sea-level pressure, temperature in the upper air, and the 2 m temperature. */
const OBJECT = remoteFile(gfs.layouts, "pgrb2", RUN, FRAME.lead).path;
/** A frame whose object has the components of the wind. */
const WIND = { ...FRAME, run: runId("20200626_12z"), var: varId("wspd10m"), lead: leadOfHours(0) };
const RETRY_POLICY = { retries: 0, firstDelayMs: 1, maxDelayMs: 1, timeoutMs: 5_000 };

/** A data root with one frame that `build-frame` fetched from a bucket on this machine, and the bucket. */
interface Setting extends AsyncDisposable {
  readonly frame: FrameId;
  readonly dataRoot: string;
  readonly bucketFolder: string;
  readonly bucket: FaultyBucket;
  /** Sets the answer of the bucket to all requests; null for the objects themselves. */
  answerWith(effect: Effect | null): void;
  pathOf(kind: ArtifactKind): string;
}

async function publishFetched(frame: FrameId = FRAME): Promise<Setting> {
  const folder = await tempDir();
  const [bucketFolder, dataRoot] = [`${folder.path}/gfs`, `${folder.path}/data`];
  await layOutRealBuckets(folder.path);
  let effect: Effect | null = null;
  const bucket = faultyBucket(bucketFolder, [{ path: /./, effect: (context) => effect ? effect(context) : null }]);
  const built = await runBuildFrame(frame, ["--publish", "--data-root", dataRoot, "--source", bucket.baseUrl]);
  assert.equal(built.code, 0, built.stderr);
  return {
    frame,
    dataRoot,
    bucketFolder,
    bucket,
    answerWith: (answer) => effect = answer,
    pathOf: (kind) => `${dataRoot}/${artifactPath("published", frame, kind)}`,
    async [Symbol.asyncDispose]() {
      await bucket[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function refetched({ frame, dataRoot, bucket }: Setting, baseUrl = bucket.baseUrl): Promise<RefetchedFrame[]> {
  const roots = rootsBelow(dataRoot);
  return await Array.fromAsync(
    refetchFrames(roots, gfs, await chosenFrames(roots, gfs, frame.run, () => true), {
      sources: [{ id: "test", baseUrl }],
      signal: new AbortController().signal,
      retryPolicy: RETRY_POLICY,
    }),
  );
}

async function outcomeOf(setting: Setting, baseUrl?: string): Promise<[outcome: string, facts: string]> {
  const frames = await refetched(setting, baseUrl);
  assert.equal(frames.length, 1);
  return [frames[0]!.outcome, frames[0]!.facts.join("; ")];
}

/** Runs the command with its own permissions. */
function verify({ dataRoot, bucket }: Setting, ...args: string[]) {
  return runCommand(
    "builder/cli/verify.ts",
    ["--model", gfs.id, "--refetch", "--source", bucket.baseUrl, "--data-root", dataRoot, ...args],
  );
}

testWithSharedData("verify --refetch rebuilds a fetched frame, and says so when it is the published one", async () => {
  await using setting = await publishFetched();
  const before = await contentOf(setting.dataRoot);
  const asked = setting.bucket.requests.length;
  const { code, stdout, stderr } = await verify(setting, "--run", RUN, "--vars", "tmp2m", "--fhs", "0-7", "--json");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^same {2}gfs 20260129_12z tmp2m forecast hour 6: rebuilt the same$/m);
  assert.match(stderr, /^1 frame refetched, 1 same$/m);
  assert.deepEqual(JSON.parse(stdout).runs[0].refetched, [
    { model: "gfs", run: RUN, var: "tmp2m", frame: "6", fh: 6, outcome: "same", facts: [] },
  ]);
  // One request, for the range of the receipt; no index is read.
  const { offset, length } = (await sidecarOf(setting)).source.messages![0]!;
  assert.deepEqual(setting.bucket.requests.slice(asked).map(({ path, range }) => [path, range]), [
    [OBJECT, `bytes=${offset}-${offset! + length! - 1}`],
  ]);
  assert.ok(offset! > 0 && length! > 100_000);
  assert.deepEqual(await contentOf(setting.dataRoot), before, "nothing is written");
});

testWithSharedData(
  "verify --refetch fails when the object changed upstream, is gone, or cannot be asked for",
  async () => {
    await using setting = await publishFetched();
    const path = `${setting.bucketFolder}/${OBJECT}`;
    const object = await Deno.readFile(path);
    const { offset, sha256 } = (await sidecarOf(setting)).source.messages![0]!;
    const withChange = async (at: number) => {
      const other = object.slice();
      other[at]! ^= 1;
      await Deno.writeFile(path, other);
    };

    await withChange(offset! + 100_000);
    const changed = await verify(setting);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /^FAIL {2}gfs 20260129_12z tmp2m forecast hour 6: upstream changed; /m);
    assert.match(
      changed.stderr,
      new RegExp(`had ${sha256!.slice(0, 12)}…; the object's ETag is "[0-9a-f]+" and was "`),
    );
    assert.match(changed.stderr, /^1 frame refetched, 1 upstream changed\n1 problem left$/m);

    // Another message of the object changed: this frame's bytes are the same, and the ETag is not.
    await withChange(100);
    const [outcome, facts] = await outcomeOf(setting);
    assert.equal(outcome, "same");
    assert.match(facts, /^the object's ETag is .* and was .*, its bytes here are the same$/);

    await Deno.writeFile(path, object.slice(0, offset! + 1000));
    assert.deepEqual((await outcomeOf(setting))[0], "upstream gone");
    await Deno.remove(path);
    const gone = await verify(setting);
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /tmp2m forecast hour 6: upstream gone; http:.*pgrb2\.0p25\.f006 answered 404$/m);

    await Deno.writeFile(path, object);
    setting.answerWith(status(503));
    const [unreachable, why] = await outcomeOf(setting);
    assert.equal(unreachable, "unreachable");
    assert.match(why, /answered 503$/);
    setting.answerWith(null);
    assert.equal((await outcomeOf(setting))[0], "same");
  },
);

testWithSharedData(
  "verify --refetch finds published values, pictures and contours that are not those of the messages",
  async () => {
    await using setting = await publishFetched();
    const { grid } = modelGeometry(gfs.id)!;
    const original = await Deno.readFile(setting.pathOf("values"));
    {
      using raster = Dataset.open(setting.pathOf("values"), { drivers: ["GTiff"] });
      const values = raster.band(1).read(new Float32Array(grid.width * grid.height));
      for (const row of [300, 301, 302]) values[row * grid.width + 600]! += 0.5;
      const altered = valueCogBytes({ width: grid.width, height: grid.height, values }, grid);
      await Deno.writeFile(setting.pathOf("values"), altered);
    }
    const altered = await Deno.readFile(setting.pathOf("values"));
    // Sidecar and manifest agree with the altered file: without its message nothing is wrong with it.
    await rewriteSidecar(setting.dataRoot, FRAME, ({ artifacts }) => {
      artifacts.values.bytes = altered.length;
      artifacts.values.sha256 = createHash("sha256").update(altered).digest("hex");
    });
    assert.deepEqual((await verifyRun(rootsBelow(setting.dataRoot), gfs, RUN)).findings, []);
    const { code, stderr } = await verify(setting);
    assert.equal(code, 1);
    const cells = grid.width * grid.height;
    assert.match(
      stderr,
      new RegExp(`: rebuilt differs; values: 3 of ${cells} differ, the first in column 600, row 300: published `),
    );

    await Deno.writeFile(setting.pathOf("values"), original.slice(0, 100));
    assert.equal((await outcomeOf(setting))[0], "damaged");
    await Deno.writeFile(setting.pathOf("values"), original);
    assert.equal((await outcomeOf(setting))[0], "same");

    const picture = await Deno.readFile(setting.pathOf("rgba"));
    await Deno.writeFile(setting.pathOf("rgba"), pictureOfOneColor());
    const [outcome, facts] = await outcomeOf(setting);
    assert.equal(outcome, "rebuilt differs");
    assert.match(facts, /^picture: [0-9]+ of [0-9]+ differ, the first in column [0-9]+, row [0-9]+: published /);
    await Deno.writeFile(setting.pathOf("rgba"), picture);

    const contours = await Deno.readTextFile(setting.pathOf("contours"));
    await Deno.writeTextFile(setting.pathOf("contours"), contours.replace("-1", "-2"));
    assert.deepEqual(await outcomeOf(setting), ["rebuilt differs", "contours: they differ"]);
    await Deno.writeTextFile(setting.pathOf("contours"), contours);

    const tiles = await Deno.readFile(setting.pathOf("tiles"));
    const { images, colors } = imagesOfOneColor();
    const otherTiles = frameTiles(modelGeometry(gfs.id)!, images, colors, { name: "", attribution: "" });
    await Deno.writeFile(setting.pathOf("tiles"), otherTiles);
    assert.deepEqual(await outcomeOf(setting), ["rebuilt differs", "tiles: the numbers of tile 0/0/0 differ"]);
    const damagedTiles = tiles.slice();
    damagedTiles[new Archive(tiles).header.tileData.offset + 5000]! ^= 1;
    await Deno.writeFile(setting.pathOf("tiles"), damagedTiles);
    assert.equal((await outcomeOf(setting))[0], "damaged");
    await Deno.writeFile(setting.pathOf("tiles"), tiles);
    assert.equal((await outcomeOf(setting))[0], "same");
  },
);

testWithSharedData("verify --refetch finds a published wind that is not that of the messages", async () => {
  await using setting = await publishFetched(WIND);
  assert.equal((await outcomeOf(setting))[0], "same");
  const published = await Deno.readFile(setting.pathOf("wind"));
  const wind = decodeWind(published);
  wind.pixels[wind.pixels.length - 3]! ^= 1;
  await Deno.writeFile(setting.pathOf("wind"), encodeWind(wind));
  assert.deepEqual(await outcomeOf(setting), ["rebuilt differs", "wind: it differs"]);
  await Deno.writeFile(setting.pathOf("wind"), published.slice(0, 100));
  assert.equal((await outcomeOf(setting))[0], "damaged");
});

testWithSharedData(
  "verify --refetch says that only bytes differ when another program wrote the same pixels",
  async () => {
    await using setting = await publishFetched();
    using raster = Dataset.open(setting.pathOf("rgba"), { drivers: ["GTiff"] });
    const path = setting.pathOf("rgba") + ".other";
    raster.copyTo(path, "COG", { BLOCKSIZE: "512", COMPRESS: "LZW", OVERVIEWS: "FORCE_USE_EXISTING" });
    await Deno.rename(path, setting.pathOf("rgba"));
    await rewriteSidecar(setting.dataRoot, FRAME, (sidecar) => sidecar.gdal_version = "3.0.0");
    const [outcome, facts] = await outcomeOf(setting);
    assert.equal(outcome, "same", facts);
    assert.match(
      facts,
      /^the bytes of fh006\.rgba\.cog\.tif differ, their pixels do not; it was built by .*, GDAL 3\.0\.0,/,
    );
  },
);

testWithSharedData(
  "verify --refetch requests no URL that its model's sources do not have for the message",
  async () => {
    await using setting = await publishFetched();
    const { url } = (await sidecarOf(setting)).source.messages![0]! as { url: string };
    const asked = setting.bucket.requests.length;
    const others = [
      `${setting.bucket.baseUrl}other.grib2`,
      url.replace("f006", "f007"),
      url.replace("atmos/", "atmos/../atmos/"),
      url + "?x",
      "http://192.0.2.1/" + OBJECT,
      "file:///etc/passwd",
      "\u001b[2J",
    ];
    for (const other of others) {
      await rewriteSidecar(setting.dataRoot, FRAME, ({ source }) => source.messages![0]!.url = other);
      const [outcome, facts] = await outcomeOf(setting);
      assert.equal(outcome, "not allowed", other);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(facts, /\u001b/);
    }
    await rewriteSidecar(setting.dataRoot, FRAME, ({ source }) => source.messages![0]!.url = url);
    assert.equal((await outcomeOf(setting, "https://noaa.example/"))[0], "not allowed");
    await rewriteSidecar(setting.dataRoot, FRAME, ({ source }) => source.messages![0]!.length = 2 ** 40);
    assert.equal((await outcomeOf(setting))[0], "not allowed");
    assert.equal(setting.bucket.requests.length, asked);
  },
);

testWithSharedData("verify --refetch names frames without a receipt, and does not count them as problems", async () => {
  await using setting = await publishFetched();
  const file = requireSharedData("gfs/gfs.20260129.t12z.f000.0p25.tmp2m-and-tmp2mb.grib2");
  const analysis = { ...FRAME, lead: leadOfHours(0) };
  const built = await runBuildFrame(analysis, ["--publish", "--data-root", setting.dataRoot, "--grib", file]);
  assert.equal(built.code, 0, built.stderr);
  const local = await verify(setting);
  assert.equal(local.code, 0, local.stderr);
  assert.match(
    local.stderr,
    /^ {6}gfs 20260129_12z tmp2m forecast hour 0: no receipt; it was built from a local file$/m,
  );
  assert.match(local.stderr, /^2 frames refetched, 1 no receipt, 1 same$/m);
  await rewriteSidecar(setting.dataRoot, FRAME, (sidecar) => {
    sidecar.builder_version = "2.9.0";
    delete sidecar.source.messages;
  });
  assert.deepEqual((await refetched(setting)).map(({ facts }) => facts[0]), [
    "it was built from a local file",
    "builder 2.9.0 wrote none",
  ]);
});

testWithSharedData("verify --refetch says why it cannot rebuild a frame", async () => {
  await using setting = await publishFetched();
  const messages = (await sidecarOf(setting)).source.messages!;
  await rewriteSidecar(setting.dataRoot, FRAME, ({ source }) => source.messages = [...messages, messages[0]!]);
  assert.deepEqual((await outcomeOf(setting))[0], "not rebuilt");
  // The receipt of the sea-level pressure, which is the first message of the object.
  const object = await Deno.readFile(`${setting.bucketFolder}/${OBJECT}`);
  const pressure = object.slice(0, fieldHeaders(object, OBJECT)[0]!.span.length);
  await rewriteSidecar(setting.dataRoot, FRAME, ({ source }) =>
    source.messages = [{
      ...messages[0]!,
      offset: 0,
      length: pressure.length,
      sha256: createHash("sha256").update(pressure).digest("hex"),
    }]);
  const [outcome, facts] = await outcomeOf(setting);
  assert.equal(outcome, "not rebuilt");
  assert.match(facts, /^Wrong message: .* has no TMP:2 m above ground/);
});

Deno.test("verify refuses --refetch without a model and together with options that write", async () => {
  await using folder = await tempDir();
  const cases: [args: string[], reason: RegExp][] = [
    [["--refetch"], /^error: --refetch requires --model$/m],
    [["--source", "aws"], /^error: --source requires --refetch$/m],
    [["--vars", "tmp2m"], /^error: --vars requires --model$/m],
    [["--model", "hrrr", "--fhs", "3"], /^error: --fhs requires --run$/m],
    [["--model", "hrrr", "--refetch", "--repair"], /^error: --refetch writes nothing/m],
    [["--model", "hrrr", "--refetch", "--accept-roots"], /^error: --refetch writes nothing/m],
  ];
  for (const [args, reason] of cases) {
    const { code, stderr } = await runCommand("builder/cli/verify.ts", ["--data-root", folder.path, ...args]);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, reason);
  }
});

/** Returns a picture in which all places have the same value. */
function pictureOfOneColor(): Uint8Array<ArrayBuffer> {
  const { images, colors } = imagesOfOneColor();
  return writeRgbaCog(images, colors, modelGeometry(gfs.id)!.grid).bytes;
}

function imagesOfOneColor() {
  const { grid } = modelGeometry(gfs.id)!;
  const { kind, palette } = findVariable(gfs, FRAME.var);
  const values = new Float32Array(grid.width * grid.height);
  const pyramid = framePyramid({ width: grid.width, height: grid.height, values }, grid, {
    kind,
    palette,
    rounding: 1,
  });
  return { images: pyramid.map(({ picture }) => picture), colors: paletteColors(palette) };
}

async function sidecarOf(setting: Setting) {
  return (await readFrameSidecar(setting.pathOf("sidecar")))!.sidecar;
}

/** Returns the hash of every file of a folder, by its path. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of await filesUnder(folder, "markers too")) {
    hashes[path] = createHash("sha256").update(await Deno.readFile(`${folder}/${path}`)).digest("hex");
  }
  return hashes;
}
