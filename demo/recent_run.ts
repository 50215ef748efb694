import { cycleTime, type RunId } from "../contract/identity.ts";
import type { DataRoots } from "../contract/paths.ts";
import { BadDocumentError } from "../builder/disk/read_json.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { publishedRuns } from "../builder/publish/published_runs.ts";
import { readManifest } from "../builder/publish/read_manifest.ts";

/** The age up to which a run of an earlier demo is shown again instead of built again. */
const REUSED_FOR_MS = 3 * 3_600_000;

/** Returns the newest run of an earlier demo; null when there is none, it is too old, or its manifest is damaged. */
export async function recentRun(roots: DataRoots, now: Date): Promise<RunId | null> {
  const [newest] = await publishedRuns(roots, hrrr.id);
  if (!newest || now.getTime() - cycleTime(newest).getTime() >= REUSED_FOR_MS) return null;
  try {
    await readManifest(roots, hrrr.id, newest);
    return newest;
  } catch (error) {
    if (!(error instanceof BadDocumentError)) throw error;
    return null; // a demo is built again rather than repaired
  }
}
