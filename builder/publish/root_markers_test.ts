import assert from "node:assert/strict";
import type { RunId } from "../../contract/identity.ts";
import { type DataRoots, manifestPath, rootsBelow, runDirectory } from "../../contract/paths.ts";
import { filesUnder, smallDisk, tempDir, testWithSmallDisk } from "../../tests/support/temp_dir.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { DiskError } from "../disk/disk_error.ts";
import { dropFrames } from "./drop_frames.ts";
import { emptyManifest } from "./edit_manifest.ts";
import { retainRuns, type Retention } from "./retain_runs.ts";
import { forgetRoots, markerName, requireRoots, RootError, ROOTS } from "./root_markers.ts";
import { acceptRoots, setUpRoots } from "./set_up_roots.ts";
import { modelId } from "../../tests/support/identity.ts";

const MODEL = modelId("hrrr");
const RUNS = ["20260222_00z", "20260222_01z", "20260222_02z"] as RunId[];
const RETENTION: Retention = {
  keepRuns: 1,
  building: [],
  minFreeBytes: 0,
  now: new Date(),
  freeBytes: () => Promise.resolve(1e12),
};

const LISTED = {
  name: "2 m temperature",
  group: "Temperature",
  kind: "continuous",
  units: "°F",
  expected_frames: 49,
  available_frames: 1,
  frames: [{ frame: "0", fh: 0, valid_time: "2026-02-22T00:00:00Z" }],
};

/** Sets up an installation with runs, with one disk for each root. */
async function installation(path: string, { isMarked = true } = {}): Promise<DataRoots> {
  const roots: DataRoots = {
    data: `${path}/data`,
    staging: `${path}/disk1/staging`,
    published: `${path}/disk2/published`,
    manifests: `${path}/disk3/manifests`,
  };
  for (const root of Object.values(roots)) await Deno.mkdir(root, { recursive: true });
  if (isMarked) await setUpRoots(roots);
  for (const run of RUNS) {
    const folder = `${roots.published}/${runDirectory("published", MODEL, run).slice("published/".length)}/tmp2m`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/fh000.json`, run);
    const manifest = `${roots.manifests}/${manifestPath(MODEL, run).slice("manifests/".length)}`;
    await writeJsonAtomically(manifest, { ...emptyManifest({ model: MODEL, run }), variables: { tmp2m: LISTED } });
  }
  return roots;
}

/** Reads all files and their contents. */
async function contents(path: string): Promise<Record<string, string>> {
  const names = (await filesUnder(path, "markers too")).filter((name) => !name.endsWith(".lock"));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await Deno.readTextFile(`${path}/${name}`)])),
  );
}

/** Makes an installation, as a process that has just started sees it. */
async function freshInstallation(options?: { isMarked?: boolean }) {
  const folder = await tempDir();
  forgetRoots();
  const roots = await installation(folder.path, options);
  forgetRoots();
  const end = () => {
    forgetRoots();
    return folder[Symbol.asyncDispose]();
  };
  return { roots, path: folder.path, [Symbol.asyncDispose]: end };
}

const isRootError = (root: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RootError, String(error));
  assert.equal(error.root, root);
  assert.match(error.message, words);
  return true;
};

for (const root of ["staging", "published", "manifests"] as const) {
  for (const how of ["empty", "gone"] as const) {
    Deno.test(`retainRuns() and dropFrames() change nothing while the ${root} root is ${how}, and work again once it is back`, async () => {
      await using setting = await freshInstallation();
      const { roots, path } = setting;
      const disk = roots[root];
      await Deno.rename(disk, `${disk}.away`);
      if (how === "empty") await Deno.mkdir(disk);
      const before = await contents(path);
      const refused = isRootError(
        root,
        new RegExp(`^The ${root} root ".*" has no \\.twf-${root}-root\\.json: is its disk`),
      );
      await assert.rejects(retainRuns(roots, MODEL, RETENTION), refused);
      await assert.rejects(dropFrames(roots, MODEL, RUNS[0]!, []), refused);
      assert.deepEqual(await contents(path), before, "byte for byte");
      if (how === "empty") await Deno.remove(disk);
      await Deno.rename(`${disk}.away`, disk);
      assert.deepEqual((await retainRuns(roots, MODEL, RETENTION)).retired, [RUNS[1], RUNS[0]]);
    });
  }
}

Deno.test("setUpRoots() sets up no new installation when all roots that the process has seen are gone", async () => {
  await using setting = await freshInstallation();
  const { roots, path } = setting;
  await requireRoots(roots);
  for (const root of Object.values(roots)) await Deno.rename(root, `${root}.away`);
  const before = await contents(path);
  await assert.rejects(setUpRoots(roots), isRootError("data", /has no \.twf-data-root\.json/));
  assert.deepEqual(await contents(path), before);
  await assert.rejects(Deno.stat(roots.data), Deno.errors.NotFound);
});

Deno.test("requireRoots() refuses a root of another installation by its identity", async () => {
  await using setting = await freshInstallation();
  const { roots } = setting;
  const marker = `${roots.published}/${markerName("published")}`;
  const other = JSON.parse(await Deno.readTextFile(marker));
  await Deno.writeTextFile(marker, JSON.stringify({ ...other, id: crypto.randomUUID() }));
  await assert.rejects(
    requireRoots(roots),
    isRootError("published", /belongs to another installation \(.*, expected .*\)/),
  );
});

Deno.test("requireRoots() refuses swapped roots and damaged markers until acceptRoots() marks them", async () => {
  await using setting = await freshInstallation();
  const { roots } = setting;
  const swapped = { ...roots, published: roots.manifests, manifests: roots.published };
  await assert.rejects(requireRoots(swapped), isRootError("published", /has no \.twf-published-root\.json/));
  await Deno.writeTextFile(`${roots.staging}/${markerName("staging")}`, '{"root":"sta');
  await assert.rejects(
    requireRoots(roots),
    isRootError("staging", /has a marker that cannot be read: Cannot use ".*"/),
  );
  await acceptRoots(roots);
  await requireRoots(roots);
  await Deno.remove(roots.staging, { recursive: true });
  await assert.rejects(acceptRoots(roots), isRootError("staging", /is not a folder that can be read/));
});

Deno.test("setUpRoots() marks an installation that is older than the markers when its roots agree", async () => {
  await using setting = await freshInstallation({ isMarked: false });
  const { roots } = setting;
  await setUpRoots(roots);
  const ids = await Promise.all(
    (["data", "staging", "published", "manifests"] as const).map(async (root) =>
      JSON.parse(await Deno.readTextFile(`${roots[root]}/${markerName(root)}`)).id
    ),
  );
  assert.equal(new Set(ids).size, 1);
});

for (const [lost, root] of [["published", "published"], ["manifests", "manifests"]] as const) {
  Deno.test(`setUpRoots() marks no older installation when its ${lost} root has none of the runs that the other roots have`, async () => {
    await using setting = await freshInstallation({ isMarked: false });
    const { roots, path } = setting;
    await Deno.remove(roots[lost], { recursive: true });
    await Deno.mkdir(roots[lost]);
    const before = await contents(path);
    await assert.rejects(setUpRoots(roots), isRootError(root, /is its disk mounted\?/));
    assert.deepEqual(await contents(path), before);
  });
}

for (const written of [0, 1, 2, 3, 4]) {
  Deno.test(`setUpRoots() completes the markers when a process died after it wrote ${written} of them`, async () => {
    await using setting = await freshInstallation();
    const { roots } = setting;
    const markers = ROOTS.toReversed().map((root) => `${roots[root]}/${markerName(root)}`); // in the order of writing
    const { id } = JSON.parse(await Deno.readTextFile(markers[0]!));
    await writeJsonAtomically(`${roots.data}/.twf-roots.begun.json`, { id });
    for (const path of markers.slice(written)) await Deno.remove(path);
    await setUpRoots(roots);
    for (const path of markers) assert.equal(JSON.parse(await Deno.readTextFile(path)).id, id);
  });
}

Deno.test("setUpRoots() leaves another installation's marker alone even when it began to mark these roots", async () => {
  await using setting = await freshInstallation();
  const { roots, path } = setting;
  await Deno.remove(`${roots.data}/${markerName("data")}`);
  await writeJsonAtomically(`${roots.data}/.twf-roots.begun.json`, { id: crypto.randomUUID() });
  const before = await contents(path);
  await assert.rejects(setUpRoots(roots), RootError);
  assert.deepEqual(await contents(path), before);
});

Deno.test("setUpRoots() names the data root when its own marker is damaged, also in a process that has just started", async () => {
  await using setting = await freshInstallation();
  const { roots } = setting;
  await Deno.writeTextFile(`${roots.data}/${markerName("data")}`, '{"root":"da');
  await assert.rejects(setUpRoots(roots), isRootError("data", /has a marker that cannot be read: Cannot use ".*"/));
});

Deno.test("setUpRoots() makes one installation of a new folder when several calls begin at once", async () => {
  await using folder = await tempDir();
  forgetRoots();
  const roots = rootsBelow(`${folder.path}/new`);
  await Promise.all(Array.from({ length: 8 }, () => setUpRoots(roots)));
  await requireRoots(roots);
  forgetRoots();
  await requireRoots(roots);
  forgetRoots();
});

testWithSmallDisk("setUpRoots() marks all roots at the next call when a disk was full the first time", async () => {
  await using folder = await tempDir();
  await using disk = await smallDisk(64);
  forgetRoots();
  // The data root's marker is written last: the other roots have theirs by then.
  const roots = { ...rootsBelow(folder.path), data: disk.path };
  await assert.rejects(Deno.writeFile(`${disk.path}/filler`, new Uint8Array(1 << 20)), /os error 28/);
  await assert.rejects(setUpRoots(roots), DiskError);
  await Deno.remove(`${disk.path}/filler`);
  await setUpRoots(roots);
  await requireRoots(roots);
  forgetRoots();
});

Deno.test("setUpRoots() accepts two roots in one folder", async () => {
  await using folder = await tempDir();
  forgetRoots();
  const roots = { ...rootsBelow(folder.path), published: `${folder.path}/shown`, manifests: `${folder.path}/shown` };
  await setUpRoots(roots);
  forgetRoots();
  await requireRoots(roots);
  forgetRoots();
});
