import * as z from "zod";
import type { DataRoots } from "../../contract/paths.ts";
import { removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { DiskError } from "../disk/disk_error.ts";
import { entryNames } from "../disk/folders.ts";
import { openLockFile } from "../disk/lock_file.ts";
import { readRegularFile } from "../disk/read_file.ts";
import { readJsonOrNull } from "../disk/read_json.ts";
import {
  ACCEPT,
  dataRootId,
  isAnyMarked,
  isMarkedOtherwise,
  isSetUp,
  markAll,
  NOTHING,
  requireRoots,
  RootError,
  type RootName,
  ROOTS,
} from "./root_markers.ts";

/**
 * Makes the roots ready for writing. Roots of a new installation are made and marked. Roots of an installation older
 * than the markers are marked when they agree with each other. All other roots must carry their markers.
 * @throws RootError
 */
export async function setUpRoots(roots: DataRoots): Promise<void> {
  if (!await isSetUp(roots)) await markNew(roots);
  await requireRoots(roots);
}

/**
 * Name of a note in the data root while roots are being marked: it distinguishes a process that died meanwhile from a
 * disk that is missing.
 */
const BEGUN = ".twf-roots.begun.json";
const begunSchema = z.object({ id: z.uuid() });

/** Marks roots that have no markers yet, or whose marking a process began and did not end. */
async function markNew(roots: DataRoots): Promise<void> {
  const isNew = !await isFolder(roots.data);
  if (isNew && await isAnyMarked(roots)) return; // the data root's disk is missing: no new folder replaces it
  await makeFolder(roots.data);
  const lockPath = `${roots.data}/.twf-roots.lock`;
  using lock = await openLockFile(lockPath).catch((cause) => {
    throw DiskError.writing(lockPath, cause);
  });
  await lock.lock(true);
  const begunPath = `${roots.data}/${BEGUN}`;
  const begun = await readJsonOrNull(begunPath, begunSchema);
  const id = begun?.id ?? crypto.randomUUID();
  // Without a note, a marker was just written by another process, or belongs to an existing installation.
  if (begun === null ? await isAnyMarked(roots) : await isMarkedOtherwise(roots, id)) return;
  await requireAgreement(roots);
  await writeJsonAtomically(begunPath, { id });
  for (const root of ROOTS) await makeFolder(roots[root]);
  await markAll(roots, id);
  await removeIfThere(begunPath);
}

/** Makes a folder and its parents. @throws DiskError */
async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true }).catch((cause) => {
    throw DiskError.writing(path, cause);
  });
}

/**
 * Marks all roots as those of one installation, in place of any marker there: for a disk that was replaced on purpose.
 * The folders must exist.
 * @throws RootError when one does not
 */
export async function acceptRoots(roots: DataRoots): Promise<void> {
  for (const root of ROOTS) {
    if (await isFolder(roots[root])) continue;
    throw new RootError(
      root,
      `The ${root} root "${roots[root]}" is not a folder that can be read: is its disk mounted?`,
    );
  }
  await markAll(roots, await dataRootId(roots) ?? crypto.randomUUID());
  await removeIfThere(`${roots.data}/${BEGUN}`);
}

/**
 * Checks an installation from before the markers: manifests and published files must have runs in common, or one of the
 * disks is missing.
 */
async function requireAgreement(roots: DataRoots): Promise<void> {
  const names = [...await entryNames(roots.manifests), ...await entryNames(roots.published)];
  const models = new Set(names.filter((name) => !name.startsWith("."))); // names of a root's own files begin with a dot
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
      disagree("manifests", `has no manifest of ${model}, although ${published.length} runs are published`);
    }
  }
}

const RUN = /^[0-9]{8}_[0-9]{2}z$/;

/** Lists the runs whose manifest lists a frame. */
async function runsWithFrames(folder: string): Promise<string[]> {
  const runs: string[] = [];
  for (const name of (await entryNames(folder)).filter((name) => name.endsWith(".json"))) {
    // No schema is checked here: a damaged manifest still shows whether it lists frames, an unreadable one does not.
    const bytes = await readRegularFile(`${folder}/${name}`).catch(() => new Uint8Array());
    const text = new TextDecoder().decode(bytes);
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
