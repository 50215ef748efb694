import * as z from "zod";
import { isoSeconds, utcTimeSchema } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { DiskError } from "../disk/disk_error.ts";
import { entryNames } from "../disk/folders.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";
import { rootOk } from "../metrics/metrics.ts";

/**
 * Each root carries a file with the identity of the installation it belongs to, written once. A root without it is a disk
 * that is not mounted, or another folder than the one that was set up: what is missing there was not removed by anybody,
 * and nothing may be concluded from it, written to it or deleted because of it.
 */

const ROOTS = ["data", "staging", "published", "manifests"] as const satisfies readonly (keyof DataRoots)[];
type RootName = typeof ROOTS[number];

const markerSchema = z.object({
  root: z.enum(ROOTS),
  /** Of the installation: the same in all of its roots. */
  id: z.uuid(),
  created: utcTimeSchema,
});
type Marker = z.infer<typeof markerSchema>;

/** A root is not what was set up. The message names it and says what to look at. */
export class RootError extends Error {
  override readonly name = "RootError";

  constructor(readonly root: RootName, message: string) {
    super(message);
  }
}

/** The marker's name: two roots may be one folder. */
export function markerName(root: RootName): string {
  return `.twf-${root}-root.json`;
}

/** The installation that this process has seen in each data root: it does not take an empty folder for it later. */
const seen = new Map<string, string>();

/**
 * Makes the roots ready for writing: those of a new installation are made and marked, those of one that is older than the
 * markers are marked when they agree with each other, and all others have to carry their markers.
 * @throws RootError
 */
export async function setUpRoots(roots: DataRoots): Promise<void> {
  const isKnown = seen.has(roots.data) || await readMarkerOrProblem(roots, "data") !== null;
  if (!isKnown) await markNew(roots);
  await requireRoots(roots);
}

/** Marks roots that nobody has marked yet. */
async function markNew(roots: DataRoots): Promise<void> {
  const isNew = !await isFolder(roots.data);
  if (isNew && await isAnyMarked(roots)) return; // the data root's disk is missing: nothing is made in its place
  const lockPath = `${roots.data}/.twf-roots.lock`;
  await makeFolder(roots.data);
  using lock = await Deno.open(lockPath, { create: true, write: true }).catch((cause) => {
    throw DiskError.writing(lockPath, cause);
  });
  await lock.lock(true);
  // Another process may have been first.
  if (await isAnyMarked(roots)) return;
  await requireAgreement(roots);
  for (const root of ROOTS) await makeFolder(roots[root]);
  try {
    await markAll(roots, crypto.randomUUID());
  } catch (error) {
    // On a full disk only some have theirs: left there they would say that the data root's disk is missing.
    for (const root of ROOTS) await removeIfThere(`${roots[root]}/${markerName(root)}`);
    throw error;
  }
}

/** @throws DiskError */
async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true }).catch((cause) => {
    throw DiskError.writing(path, cause);
  });
}

/**
 * Marks all roots as those of one installation, whatever they carry: for a disk that was replaced on purpose. The folders
 * have to be there. @throws RootError when one is not
 */
export async function acceptRoots(roots: DataRoots): Promise<void> {
  for (const root of ROOTS) {
    if (await isFolder(roots[root])) continue;
    throw new RootError(
      root,
      `The ${root} root "${roots[root]}" is not a folder that can be read: is its disk mounted?`,
    );
  }
  const id = await dataRootId(roots) ?? crypto.randomUUID();
  await markAll(roots, id);
  seen.set(roots.data, id);
}

/** The installation's identity by its data root; null when that has none that can be used. */
async function dataRootId(roots: DataRoots): Promise<string | null> {
  try {
    return (await readMarker(roots, "data"))?.id ?? null;
  } catch (error) {
    if (!(error instanceof BadDocumentError)) throw error;
    return null;
  }
}

/** The data root's marker is written last: it says that the others have theirs. */
async function markAll(roots: DataRoots, id: string): Promise<void> {
  const created = isoSeconds(new Date());
  for (const root of ROOTS.toReversed()) {
    const marker: Marker = { root, id, created };
    await writeJsonAtomically(`${roots[root]}/${markerName(root)}`, marker);
  }
}

async function isAnyMarked(roots: DataRoots): Promise<boolean> {
  for (const root of ROOTS) if (await readMarkerOrProblem(roots, root) !== null) return true;
  return false;
}

/** A marker that cannot be read is a marker all the same. */
async function readMarkerOrProblem(roots: DataRoots, root: RootName): Promise<Marker | Error | null> {
  try {
    return await readMarker(roots, root);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error;
  }
}

/**
 * Checks that each root is there and is this installation's. A disk that goes between this and a write cannot be seen here;
 * such a write fails, since no folder of a root is made anew once it was set up.
 * @throws RootError
 */
export async function requireRoots(roots: DataRoots): Promise<void> {
  const id = seen.get(roots.data) ?? (await readMarker(roots, "data"))?.id ?? null;
  let first: RootError | null = null;
  for (const root of ROOTS) {
    const problem = await problemOf(roots, root, id);
    rootOk.set({ root }, problem === null ? 1 : 0);
    first ??= problem;
  }
  if (first) throw first;
  seen.set(roots.data, id!);
}

const NOTHING = "Nothing is written or deleted until it is back";
const ACCEPT = "if it was replaced on purpose, run `deno task verify --accept-roots`";

async function problemOf(roots: DataRoots, root: RootName, id: string | null): Promise<RootError | null> {
  const where = `The ${root} root "${roots[root]}"`;
  let marker: Marker | null;
  try {
    marker = await readMarker(roots, root);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new RootError(root, `${where} cannot be told from another: ${reason}. ${NOTHING}; ${ACCEPT}`);
  }
  if (marker === null) {
    return new RootError(root, `${where} has no ${markerName(root)}: is its disk mounted? ${NOTHING}; ${ACCEPT}`);
  }
  if (marker.id !== id) {
    return new RootError(
      root,
      `${where} is of another installation (${marker.id}, expected ${id}). ${NOTHING}; ${ACCEPT}`,
    );
  }
  return null;
}

/** Null when there is none. @throws BadDocumentError, or Error when it cannot be read */
async function readMarker(roots: DataRoots, root: RootName): Promise<Marker | null> {
  const path = `${roots[root]}/${markerName(root)}`;
  const marker = await readJson(path, markerSchema);
  if (marker !== null && marker.root !== root) {
    throw new BadDocumentError(`Cannot use "${path}": it is of ${marker.root}`);
  }
  return marker;
}

/**
 * An installation from before the markers: manifests and pictures have to be of the same runs, or one of the disks is
 * missing.
 */
async function requireAgreement(roots: DataRoots): Promise<void> {
  const models = new Set([...await entryNames(roots.manifests), ...await entryNames(roots.published)]);
  for (const model of models) {
    const listed = await runsWithFrames(`${roots.manifests}/${model}`);
    const published = (await entryNames(`${roots.published}/${model}`)).filter((name) => RUN.test(name));
    const disagree = (root: RootName, words: string) => {
      throw new RootError(
        root,
        `The ${root} root "${roots[root]}" ${words}: is its disk mounted? ${NOTHING}; ${ACCEPT}`,
      );
    };
    if (listed.length > 0 && !listed.some((run) => published.includes(run))) {
      disagree("published", `has none of the ${listed.length} runs of ${model} that manifests list`);
    }
    if (
      published.length > 0 && !(await entryNames(`${roots.manifests}/${model}`)).some((name) => name.endsWith(".json"))
    ) {
      disagree("manifests", `has nothing of ${model}, of which ${published.length} runs are published`);
    }
  }
}

const RUN = /^[0-9]{8}_[0-9]{2}z$/;

/** Runs whose manifest lists a frame. */
async function runsWithFrames(folder: string): Promise<string[]> {
  const runs: string[] = [];
  for (const name of (await entryNames(folder)).filter((name) => name.endsWith(".json"))) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    // Whether it is a manifest is told where it is used; here a damaged one says no less.
    if (/"available_frames"\s*:\s*[1-9]/.test(text)) runs.push(name.slice(0, -".json".length));
  }
  return runs;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** Forgets what this process has seen: for tests that are several processes in one. */
export function forgetRoots(): void {
  seen.clear();
}
