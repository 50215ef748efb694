import * as z from "zod";
import { readJson } from "../../builder/disk/read_json.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import type { TestResult } from "./junit.ts";
import type { ShardOutcome } from "./run_shard.ts";

const schema = z.record(z.string(), z.number());

/** Returns the duration of each test file in its last run on this machine; none before the first run. */
export async function readSeconds(folder: string): Promise<Map<string, number>> {
  return new Map(Object.entries(await readJson(`${folder}/seconds.json`, schema) ?? {}));
}

/**
 * Records the durations of files, and keeps the known durations of files that did not run. `deno test` attributes a
 * test to the file that registers it, which may be a file of tests/support: a file that ran alone gets the duration of
 * its process.
 */
export async function writeSeconds(
  folder: string,
  known: ReadonlyMap<string, number>,
  outcomes: readonly ShardOutcome[],
): Promise<void> {
  const taken = new Map(known);
  for (const { files, seconds, results } of outcomes) {
    if (files.length === 1) taken.set(files[0]!, seconds);
    else for (const file of files) taken.set(file, secondsIn(results, file));
  }
  await writeJsonAtomically(`${folder}/seconds.json`, Object.fromEntries([...taken].sort()));
}

function secondsIn(results: readonly TestResult[], file: string): number {
  return results.reduce((sum, result) => sum + (result.file === file ? result.seconds : 0), 0);
}
