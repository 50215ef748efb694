import * as z from "zod";
import { readJson } from "../../builder/disk/read_json.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import type { TestResult } from "./junit.ts";

const schema = z.record(z.string(), z.number());

/** What each test file took when it ran last on this machine; none before the first run. */
export async function readSeconds(folder: string): Promise<Map<string, number>> {
  return new Map(Object.entries(await readJson(`${folder}/seconds.json`, schema) ?? {}));
}

/** Notes what files took, beside what is known of those that did not run. */
export async function writeSeconds(
  folder: string,
  known: ReadonlyMap<string, number>,
  results: readonly TestResult[],
): Promise<void> {
  const taken = new Map<string, number>();
  for (const { file, seconds } of results) taken.set(file, (taken.get(file) ?? 0) + seconds);
  await writeJsonAtomically(`${folder}/seconds.json`, Object.fromEntries([...known, ...taken].sort()));
}
