import { createHash } from "node:crypto";
import * as z from "zod";
import { shownSettings } from "../../contract/environment.ts";
import { isoSeconds, utcTimeSchema } from "../../contract/identity.ts";
import { CONTRACT_VERSION } from "../../contract/version.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { entryNames } from "../disk/folders.ts";
import { readJsonOrNull } from "../disk/read_json.ts";
import { gdal } from "../gdal/library.ts";
import { BUILDER_VERSION } from "../version.ts";

const startupRecordSchema = z.object({
  process: z.string(),
  started_at: utcTimeSchema,
  versions: z.record(z.string(), z.string()),
  /** Settings from the environment, without secrets; a setting that is not listed has its default. */
  settings: z.record(z.string(), z.string()),
  /** Hash of versions and settings: equal hashes mean equal configurations. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
/** Versions and settings of a process at its start. */
export type StartupRecord = z.infer<typeof startupRecordSchema>;

export function describeStartup(process: string, environment: Readonly<Record<string, string>>): StartupRecord {
  const { version: gdalVersion, path } = gdal();
  const versions = {
    builder: BUILDER_VERSION,
    contract: CONTRACT_VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    gdal: gdalVersion,
    gdal_library: path,
  };
  const settings = shownSettings(environment);
  const sha256 = createHash("sha256").update(JSON.stringify([versions, settings])).digest("hex");
  return { process, started_at: isoSeconds(new Date()), versions, settings, sha256 };
}

/** Saves a snapshot beside the data, in place of the process's previous one. @returns the changes since that one */
export async function saveStartupRecord(dataRoot: string, snapshot: StartupRecord): Promise<string[]> {
  const path = `${dataRoot}/snapshots/${snapshot.process}.json`;
  const before = await readJsonOrNull(path, startupRecordSchema);
  await writeJsonAtomically(path, snapshot);
  return before === null ? [] : changesSince(before, snapshot);
}

/** Reads the records of every process that has started on this data; records that cannot be read are left out. */
export async function readStartupRecords(dataRoot: string): Promise<StartupRecord[]> {
  const names = (await entryNames(`${dataRoot}/snapshots`)).filter((name) => name.endsWith(".json")).sort();
  const snapshots = await Promise.all(
    names.map((name) => readJsonOrNull(`${dataRoot}/snapshots/${name}`, startupRecordSchema)),
  );
  return snapshots.filter((snapshot) => snapshot !== null);
}

/** Lists the differences as text, such as `gdal 3.6.2 → 3.8.0`; the process's name and start time do not count. */
export function changesSince(before: StartupRecord, now: StartupRecord): string[] {
  return (["versions", "settings"] as const).flatMap((part) => {
    const names = new Set([...Object.keys(before[part]), ...Object.keys(now[part])]);
    return [...names].filter((name) => before[part][name] !== now[part][name])
      .map((name) => `${name} ${before[part][name] ?? "(default)"} → ${now[part][name] ?? "(default)"}`);
  });
}
