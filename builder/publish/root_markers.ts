import * as z from "zod";
import { isoSeconds, utcTimeSchema } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";
import { rootOk } from "../operations/metrics.ts";

/**
 * Markers of the roots. Each root carries a file with the identity of its installation, written once. A root without it
 * is a disk that is not mounted, or a different folder from the one that was set up. Files that are missing there were
 * not removed: nothing may be concluded from such a root, written to it, or deleted because of it.
 */

export const ROOTS = ["data", "staging", "published", "manifests"] as const satisfies readonly (keyof DataRoots)[];
export type RootName = typeof ROOTS[number];

const markerSchema = z.object({
  root: z.enum(ROOTS),
  /** Identity of the installation: the same in all of its roots. */
  id: z.uuid(),
  created: utcTimeSchema,
});
type Marker = z.infer<typeof markerSchema>;

/** Error when a root is not the one that was set up. The message names the root and what to check. */
export class RootError extends Error {
  override readonly name = "RootError";

  constructor(readonly root: RootName, message: string) {
    super(message);
  }
}

/** Returns the marker's file name. It contains the root's name, since two roots may be one folder. */
export function markerName(root: RootName): string {
  return `.twf-${root}-root.json`;
}

/**
 * The installation that this process has seen in each data root: an empty folder found there later is not taken for it.
 */
const seen = new Map<string, string>();

/** Whether these roots are an installation already, judged by the data root. */
export async function isSetUp(roots: DataRoots): Promise<boolean> {
  return seen.has(roots.data) || await readMarkerOrProblem(roots, "data") !== null;
}

/** Whether any root carries a marker. A marker that cannot be read counts. */
export async function isAnyMarked(roots: DataRoots): Promise<boolean> {
  for (const root of ROOTS) if (await readMarkerOrProblem(roots, root) !== null) return true;
  return false;
}

/** Whether any root carries a marker that is damaged or belongs to another installation. */
export async function isMarkedOtherwise(roots: DataRoots, id: string): Promise<boolean> {
  for (const root of ROOTS) {
    const marker = await readMarkerOrProblem(roots, root);
    if (marker instanceof Error || (marker !== null && marker.id !== id)) return true;
  }
  return false;
}

async function readMarkerOrProblem(roots: DataRoots, root: RootName): Promise<Marker | Error | null> {
  try {
    return await readMarker(roots, root);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error;
  }
}

/** Reads the installation's identity from the data root's marker; null when there is no usable marker. */
export async function dataRootId(roots: DataRoots): Promise<string | null> {
  const marker = await readMarkerOrProblem(roots, "data");
  return marker instanceof Error ? null : marker?.id ?? null;
}

/**
 * Marks all roots, in place of any marker there. The data root's marker is written last: it confirms that the other
 * roots have theirs.
 */
export async function markAll(roots: DataRoots, id: string): Promise<void> {
  const created = isoSeconds(new Date());
  for (const root of ROOTS.toReversed()) {
    const marker: Marker = { root, id, created };
    await writeJsonAtomically(`${roots[root]}/${markerName(root)}`, marker);
  }
  seen.delete(roots.data);
}

/**
 * Checks that each root is there and belongs to this installation. The check is made at the start of a round, of an
 * hour and of every change to published runs, and again before each removal. A disk that goes in between can cost the
 * files written at that moment, but none that were there before.
 * @throws RootError
 */
export async function requireRoots(roots: DataRoots): Promise<void> {
  const id = seen.get(roots.data) ?? await dataRootId(roots);
  let first: RootError | null = null;
  for (const root of ROOTS) {
    const problem = await problemOf(roots, root, id);
    rootOk.set({ root }, problem === null ? 1 : 0);
    first ??= problem;
  }
  if (first) throw first;
  seen.set(roots.data, id!);
}

/**
 * Checks roots as `requireRoots` does, but accepts that nothing is set up yet: for commands that only read.
 * @throws RootError when there is an installation, and a root of it is missing or another installation's
 */
export async function requireRootsIfSetUp(roots: DataRoots): Promise<void> {
  if (await isAnyMarked(roots)) await requireRoots(roots);
}

export const NOTHING = "Nothing is written or deleted until it is back";
export const ACCEPT = "if it was replaced on purpose, run `deno task verify --accept-roots`";

async function problemOf(roots: DataRoots, root: RootName, id: string | null): Promise<RootError | null> {
  const where = `The ${root} root "${roots[root]}"`;
  let marker: Marker | null;
  try {
    marker = await readMarker(roots, root);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new RootError(root, `${where} has a marker that cannot be read: ${reason}. ${NOTHING}; ${ACCEPT}`);
  }
  if (marker === null) {
    return new RootError(root, `${where} has no ${markerName(root)}: is its disk mounted? ${NOTHING}; ${ACCEPT}`);
  }
  if (id !== null && marker.id !== id) {
    return new RootError(
      root,
      `${where} belongs to another installation (${marker.id}, expected ${id}). ${NOTHING}; ${ACCEPT}`,
    );
  }
  return null;
}

/** Reads a root's marker; null when there is none. @throws BadDocumentError, or Error when it cannot be read */
async function readMarker(roots: DataRoots, root: RootName): Promise<Marker | null> {
  const path = `${roots[root]}/${markerName(root)}`;
  const marker = await readJson(path, markerSchema).catch((error) => {
    if (error instanceof Error && error.cause instanceof Deno.errors.NotADirectory) return null;
    throw error;
  });
  if (marker !== null && marker.root !== root) {
    throw new BadDocumentError(`Cannot use "${path}": it is the marker of the ${marker.root} root`);
  }
  return marker;
}

/** Forgets the installations that this process has seen: for tests that act as several processes. */
export function forgetRoots(): void {
  seen.clear();
}
