import assert from "node:assert/strict";
import type { RunId } from "../../contract/identity.ts";
import { manifestSchema } from "../../contract/manifest.ts";
import { type ArtifactKind, artifactPath, latestPath, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import { makeManifestOlder } from "../../tests/support/older_frame.ts";
import { frameId, publishedRoot, publishHour, RUN } from "../../tests/support/published_root.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { Dataset } from "../gdal/dataset.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { hrrr } from "../models/hrrr.ts";
import { promoteRun } from "./publish_frame.ts";
import { RootError } from "./root_markers.ts";
import { promotionRules, reasonsOf, validateRun } from "./validate_run.ts";

const root = await publishedRoot([0, 1]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());
const roots = rootsBelow(root.dataRoot);
const limits = { roots, minFreeBytes: 0 };
const pathOf = (kind: ArtifactKind, hour: number) =>
  `${root.dataRoot}/${artifactPath("published", frameId(hour), kind)}`;

/** Changes a file, validates the run, and restores the file. */
async function reasonsWith(path: string, change: (path: string) => void | Promise<void>): Promise<string> {
  const whole = await Deno.readFile(path);
  try {
    await change(path);
    return reasonsOf(await validateRun(hrrr.id, RUN, limits));
  } finally {
    await Deno.writeFile(path, whole);
  }
}

Deno.test("validateRun() has no findings when the run is undamaged", async () => {
  assert.deepEqual(await validateRun(hrrr.id, RUN, limits), []);
});

Deno.test("validateRun() refuses a run when the disk has too little free space", async () => {
  const findings = await validateRun(hrrr.id, RUN, { roots, minFreeBytes: 1e18 });
  assert.match(reasonsOf(findings), /^free disk: [0-9.]+ GB are free; at least 1000000000\.0 GB are required$/);
});

Deno.test("validateRun() names a manifest that cannot be read, and files that do not match their sidecars", async () => {
  const manifest = `${root.dataRoot}/${manifestPath(hrrr.id, RUN)}`;
  assert.match(await reasonsWith(manifest, (path) => Deno.truncate(path, 50)), /^manifest: Cannot use ".*06z\.json"/);
  const claims = await reasonsWith(manifest, async (path) => {
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"expected_frames": 49', '"expected_frames": 1'));
  });
  assert.match(claims, /^manifest: .*more frames are available than the cycle has/);
  assert.match(
    await reasonsWith(pathOf("rgba", 1), (path) => Deno.truncate(path, 1000)),
    /^artifacts: tmp2m forecast hour 1: fh001\.rgba\.cog\.tif has 1000 bytes, expected [0-9]+/,
  );
  assert.match(await reasonsWith(pathOf("values", 1), (path) => Deno.remove(path)), /^artifacts: .* hour 1: /);
});

Deno.test("validateRun() refuses pixels without a value that are not transparent, and pixels that are half transparent", async () => {
  // An RGBA COG with another alpha that matches its sidecar: the result that a bug in the builder would have.
  const withAlpha = async (path: string, alphaOf: (alpha: Uint8Array) => void) => {
    const sidecarPath = pathOf("sidecar", 0);
    const before = await Deno.readTextFile(sidecarPath);
    await makeManifestOlder(root.dataRoot, frameId(0));
    try {
      return await reasonsWith(path, async () => {
        await rewriteAlpha(path, alphaOf);
        const bytes = await Deno.readFile(path);
        const hash = await crypto.subtle.digest("SHA-256", bytes);
        const sidecar = sidecarSchema.parse(JSON.parse(before));
        const rgba = { ...sidecar.artifacts.rgba, bytes: bytes.length, sha256: new Uint8Array(hash).toHex() };
        await writeJsonAtomically(sidecarPath, { ...sidecar, artifacts: { ...sidecar.artifacts, rgba } });
      });
    } finally {
      await Deno.writeTextFile(sidecarPath, before);
    }
  };
  assert.match(
    await withAlpha(pathOf("rgba", 0), (alpha) => alpha.fill(255)),
    /^picture: tmp2m forecast hour 0: cell [0-9]+ has no value, but its pixel in the RGBA COG is not transparent$/,
  );
  assert.match(
    await withAlpha(pathOf("rgba", 0), (alpha) => alpha.fill(128)),
    /^picture: tmp2m forecast hour 0: at zoom 0 pixel 0 is neither opaque nor transparent$/,
  );
});

/** Writes the RGBA COG again, with the same shape and another alpha. */
function rewriteAlpha(path: string, change: (alpha: Uint8Array) => void): void {
  const { width, height, pixels, geoTransform } = readPicture(path);
  const alpha = pixels.filter((_, i) => i % 4 === 3);
  change(alpha);
  alpha.forEach((value, i) => pixels[i * 4 + 3] = value);
  using spatialReference = SpatialReference.parse("EPSG:3857");
  using changed = Dataset.inMemory({ width, height, bandCount: 4, type: "Byte", geoTransform, spatialReference });
  changed.writeInterleaved(pixels);
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((color, i) => changed.band(i + 1).setColorInterpretation(color));
  changed.copyTo(path, "COG", { COMPRESS: "DEFLATE", BLOCKSIZE: "512", RESAMPLING: "NEAREST" });
}

function readPicture(path: string) {
  using picture = Dataset.open(path, { drivers: ["GTiff"] });
  const { width, height, geoTransform } = picture;
  const pixels = new Uint8Array(width * height * 4);
  picture.readInterleaved(pixels);
  return { width, height, geoTransform, pixels };
}

Deno.test("promoteRun() withholds a run while publishing is off, refuses a damaged run, and promotes an undamaged one", async () => {
  await using own = await publishedRoot([0, 1]);
  const ownRoots = rootsBelow(own.dataRoot);
  const latest = `${own.dataRoot}/${latestPath(hrrr.id)}`;
  const rules = (moveLatest: boolean) => promotionRules(hrrr.id, moveLatest, { roots: ownRoots, minFreeBytes: 0 });
  assert.deepEqual(await promoteRun(ownRoots, hrrr, RUN, rules(true)), { state: "not due" });
  await publishHour(own.dataRoot, RUN, 2);
  await Deno.remove(latest);

  assert.deepEqual(await promoteRun(ownRoots, hrrr, RUN, rules(false)), { state: "withheld" });
  await assert.rejects(Deno.stat(latest), Deno.errors.NotFound);

  const picture = `${own.dataRoot}/${artifactPath("published", frameId(1), "rgba")}`;
  await Deno.truncate(picture, 1000);
  const refused = await promoteRun(ownRoots, hrrr, RUN, rules(true));
  assert.ok(refused.state === "refused");
  assert.match(reasonsOf(refused.findings), /fh001\.rgba\.cog\.tif has 1000 bytes/);
  await assert.rejects(Deno.stat(latest), Deno.errors.NotFound);
  const manifest = manifestSchema.parse(
    JSON.parse(await Deno.readTextFile(`${own.dataRoot}/${manifestPath(hrrr.id, RUN)}`)),
  );
  assert.deepEqual(Object.values(manifest.variables)[0]!.frames.map(({ fh }) => fh), [0, 2]);

  await publishHour(own.dataRoot, RUN, 1);
  assert.equal(JSON.parse(await Deno.readTextFile(latest)).run_id, RUN);
});

Deno.test("promoteRun() drops no frame when the run's root disappears during the validation", async () => {
  await using own = await publishedRoot([0, 1]);
  const ownRoots = rootsBelow(own.dataRoot);
  await publishHour(own.dataRoot, RUN, 2);
  await Deno.remove(`${own.dataRoot}/${latestPath(hrrr.id)}`);
  const whole = promotionRules(hrrr.id, true, { roots: ownRoots, minFreeBytes: 0 });
  const rules = {
    ...whole,
    validate: async (run: RunId) => {
      await Deno.truncate(`${own.dataRoot}/${artifactPath("published", frameId(1), "rgba")}`, 1000);
      const findings = await whole.validate(run);
      await Deno.rename(ownRoots.published, `${own.dataRoot}/away`);
      return findings;
    },
  };
  const manifest = `${own.dataRoot}/${manifestPath(hrrr.id, RUN)}`;
  const before = await Deno.readTextFile(manifest);
  await assert.rejects(promoteRun(ownRoots, hrrr, RUN, rules), RootError);
  assert.equal(await Deno.readTextFile(manifest), before);
});
