import * as z from "zod";
import { isoSeconds, utcTimeSchema } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";
import { rootOk } from "../operations/metrics.ts";

/**
 * Each root carries a file with the identity of the installation it belongs to, written once. A root without it is a disk
 * that is not mounted, or another folder than the one that was set up: what is missing there was not removed by anybody,
 * and nothing may be concluded from it, written to it or deleted because of it.
 */

export const ROOTS = ["data", "staging", "published", "manifests"] as const satisfies readonly (keyof DataRoots)[];
export type RootName = typeof ROOTS[number];

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

/** Whether these roots are an installation already, as far as its data root tells. */
export async function isSetUp(roots: DataRoots): Promise<boolean> {
  return seen.has(roots.data) || await readMarkerOrProblem(roots, "data") !== null;
}

/** Whether a root carries a marker. One that cannot be read is a marker all the same. */
export async function isAnyMarked(roots: DataRoots): Promise<boolean> {
  for (const root of ROOTS) if (await readMarkerOrProblem(roots, root) !== null) return true;
  return false;
}

/** Whether a root carries a marker that is damaged or of another installation. */
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

/** The installation's identity by its data root; null when that has none that can be used. */
export async function dataRootId(roots: DataRoots): Promise<string | null> {
  const marker = await readMarkerOrProblem(roots, "data");
  return marker instanceof Error ? null : marker?.id ?? null;
}

/** Marks all roots, whatever they carry. The data root's marker is written last: it says that the others have theirs. */
export async function markAll(roots: DataRoots, id: string): Promise<void> {
  const created = isoSeconds(new Date());
  for (const root of ROOTS.toReversed()) {
    const marker: Marker = { root, id, created };
    await writeJsonAtomically(`${roots[root]}/${markerName(root)}`, marker);
  }
  seen.delete(roots.data);
}

/**
 * Checks that each root is there and is this installation's. It is checked at the start of a round, of an hour and of every
 * change to what is published, and again before each removal: a disk that goes in between may cost what is written in that
 * moment, and nothing that was there.
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
 * As `requireRoots`, where nothing has to be there yet: for commands that only look.
 * @throws RootError when there is an installation, and a root of it is missing or another's
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
    return new RootError(root, `${where} cannot be told from another: ${reason}. ${NOTHING}; ${ACCEPT}`);
  }
  if (marker === null) {
    return new RootError(root, `${where} has no ${markerName(root)}: is its disk mounted? ${NOTHING}; ${ACCEPT}`);
  }
  if (id !== null && marker.id !== id) {
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
  const marker = await readJson(path, markerSchema).catch((error) => {
    if (error instanceof Error && error.cause instanceof Deno.errors.NotADirectory) return null;
    throw error;
  });
  if (marker !== null && marker.root !== root) {
    throw new BadDocumentError(`Cannot use "${path}": it is of ${marker.root}`);
  }
  return marker;
}

/** Forgets what this process has seen: for tests that are several processes in one. */
export function forgetRoots(): void {
  seen.clear();
}
