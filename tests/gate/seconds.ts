import * as z from "zod";
import { readJson } from "../../builder/disk/read_json.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import type { TestResult } from "./junit.ts";
import type { ShardOutcome } from "./run_shard.ts";

const schema = z.record(z.string(), z.number());

/** What each test file took when it ran last on this machine; none before the first run. */
export async function readSeconds(folder: string): Promise<Map<string, number>> {
  return new Map(Object.entries(await readJson(`${folder}/seconds.json`, schema) ?? {}));
}

/**
 * Notes what files took, beside what is known of those that did not run. `deno test` tells a test by where it is registered,
 * which may be a file of tests/support: a file that ran alone took what its process took.
 */
export async function writeSeconds(
  folder: string,
  known: ReadonlyMap<string, number>,
  outcomes: readonly ShardOutcome[],
): Promise<void> {
  const taken = new Map<string, number>();
  for (const { files, seconds, results } of outcomes) {
    if (files.length === 1) taken.set(files[0]!, seconds);
    else for (const file of files) taken.set(file, secondsIn(results, file));
  }
  await writeJsonAtomically(`${folder}/seconds.json`, Object.fromEntries([...known, ...taken].sort()));
}

function secondsIn(results: readonly TestResult[], file: string): number {
  return results.reduce((sum, result) => sum + (result.file === file ? result.seconds : 0), 0);
}
