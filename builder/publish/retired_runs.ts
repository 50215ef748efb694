import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import {
  type DataRoots,
  locate,
  manifestDirectory,
  manifestPath,
  retiredManifestPath,
  runOfRetiredName,
} from "../../contract/paths.ts";
import { entryNames } from "../disk/folders.ts";
import { flushFolder } from "../disk/make_folders.ts";

/**
 * Retired runs: their manifests have another name, so that no list names the runs, and their frames are still served.
 * The file's time of change is the time of retirement. Retiring and taking back are one rename each: neither needs
 * space on a full disk, and a run is never listed and retired at once.
 */

/** Retires a run, and flushes the folder. A run without a manifest has none to rename. */
export async function retire(roots: DataRoots, model: ModelId, run: RunId, now: Date): Promise<void> {
  const path = locate(roots, manifestPath(model, run));
  try {
    await Deno.utime(path, now, now);
    await Deno.rename(path, locate(roots, retiredManifestPath(model, run)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await flushFolder(locate(roots, manifestDirectory(model)));
}

/** Takes a retired run back: the lists name it again. @returns false when the run is not retired */
export async function takeBack(roots: DataRoots, model: ModelId, run: RunId): Promise<boolean> {
  try {
    await Deno.rename(locate(roots, retiredManifestPath(model, run)), locate(roots, manifestPath(model, run)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  await flushFolder(locate(roots, manifestDirectory(model)));
  return true;
}

/** Lists the retired runs of a model, newest first. */
export async function retiredRuns(roots: DataRoots, model: ModelId): Promise<RunId[]> {
  const names = await entryNames(locate(roots, manifestDirectory(model)));
  return names.map((name) => runIdSchema.safeParse(runOfRetiredName(name)))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data)
    .sort()
    .reverse();
}

/** Returns the time at which a run was retired; null when it is not retired. */
export async function retiredAt(roots: DataRoots, model: ModelId, run: RunId): Promise<Date | null> {
  try {
    return (await Deno.stat(locate(roots, retiredManifestPath(model, run)))).mtime;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Returns the time in ms that a run has been retired for. A time of retirement in the future is one of a clock that was
 * set back: the run is retired from now on, or its files would stay until the clock is there again.
 */
export async function retiredForMs(roots: DataRoots, model: ModelId, run: RunId, now: Date): Promise<number> {
  const since = await retiredAt(roots, model, run) ?? now;
  if (since <= now) return now.getTime() - since.getTime();
  await Deno.utime(locate(roots, retiredManifestPath(model, run)), now, now);
  return 0;
}
