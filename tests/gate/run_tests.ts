import { print, say } from "../../builder/operations/terminal.ts";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { planShards, type Shard, takeNext } from "./plan.ts";
import { runShard, type ShardOutcome } from "./run_shard.ts";
import { readSeconds, writeSeconds } from "./seconds.ts";
import { allTestFiles, isLong, namedTestFiles } from "./test_files.ts";
import type { TestResult } from "./junit.ts";
import { ALL_CASES } from "../support/gate_cases.ts";

const USAGE = `usage: ./twf test [options] [PATH …]
  PATH             a test file, or a folder of them; default: all
  --quick          all but tests/browser and tests/long
  --all            all cases of the tests that run a part of theirs in the gate (tests/support/gate_cases.ts)
  --slow           list the slowest 20 tests
  --filter TEXT    only tests with this in their name`;

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
/** Folder of the durations of the last runs, and of the results that `deno test` writes. */
const FOLDER = `${ROOT}/.twf/tests`;
const SLOWEST = 20;

/**
 * Runs the tests of `deno task test`, in shards that keep the cores busy. The exit code is 1 when a test fails, 2 for
 * wrong usage.
 */
async function main(): Promise<number> {
  const { values: options, positionals: paths } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      slow: { type: "boolean", default: false },
      filter: { type: "string" },
    },
  });
  const named = paths.length === 0
    ? await allTestFiles(ROOT)
    : (await Promise.all(paths.map((path) => namedTestFiles(ROOT, path)))).flat();
  const files = [...new Set(named)].filter((file) => !(options.quick && isLong(file)));
  if (options.all) Deno.env.set(ALL_CASES, "1");
  const known = await readSeconds(FOLDER);
  const began = performance.now();
  const outcomes = await runAll(files, known, options.filter ?? null);
  const results = outcomes.flatMap((outcome) => outcome.results);
  if (options.filter === undefined) await writeSeconds(FOLDER, known, outcomes);
  return report(outcomes, results, { seconds: (performance.now() - began) / 1000, listSlow: options.slow });
}

/**
 * Returns the number of shards that run at once, one more than there are cores: tests spend part of their time waiting
 * for servers, browsers and clocks. More shards at once only make each of them slower.
 */
function shardsAtATime(): number {
  return Number(Deno.env.get("DENO_JOBS")) || navigator.hardwareConcurrency + 1;
}

async function runAll(
  files: readonly string[],
  known: ReadonlyMap<string, number>,
  filter: string | null,
): Promise<ShardOutcome[]> {
  const waiting = planShards(files, known);
  const running = new Set<Shard>();
  const outcomes: ShardOutcome[] = [];
  let number = 0;
  const work = async () => {
    for (let shard = takeNext(waiting, [...running]); shard; shard = takeNext(waiting, [...running])) {
      running.add(shard);
      const outcome = await runShard(shard, { root: ROOT, junitPath: `${FOLDER}/${number++}.xml`, filter });
      running.delete(shard);
      outcomes.push(outcome);
      const what = shard.files.length === 1 ? shard.files[0]! : `${shard.files.length} files from ${shard.files[0]}`;
      print(`${outcome.ok ? "ok    " : "FAILED"} ${outcome.seconds.toFixed(0).padStart(4)} s  ${what}`);
      if (!outcome.ok) print(outcome.output);
    }
  };
  await Promise.all(Array.from({ length: shardsAtATime() }, work));
  return outcomes;
}

function report(
  outcomes: readonly ShardOutcome[],
  results: readonly TestResult[],
  { seconds, listSlow }: { readonly seconds: number; readonly listSlow: boolean },
): number {
  if (listSlow) {
    const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    for (const { file, name, seconds } of slowest) print(`${seconds.toFixed(1).padStart(7)} s  ${file}: ${name}`);
  }
  const of = (wanted: TestResult["outcome"]) => results.filter(({ outcome }) => outcome === wanted);
  for (const { file, name } of of("skipped")) print(`skipped  ${file}: ${name}`);
  for (const { file, name } of of("failed")) print(`FAILED   ${file}: ${name}`);
  const died = outcomes.filter(({ ok, results }) => !ok && results.every(({ outcome }) => outcome !== "failed")).length;
  const ended = died > 0 ? `, ${died} processes ended before their time` : "";
  const took = seconds < 60 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
  print(
    `${of("passed").length} passed, ${of("failed").length} failed, ${of("skipped").length} skipped${ended}, in ${took}`,
  );
  if (results.length === 0) print("no test has run");
  return outcomes.every(({ ok }) => ok) && results.length > 0 ? 0 : 1;
}

try {
  Deno.exit(await main());
} catch (error) {
  say(`error: ${error instanceof Error ? error.message : error}\n${USAGE}`);
  Deno.exit(2);
}
