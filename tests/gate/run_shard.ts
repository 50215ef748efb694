import { pathToFileURL } from "node:url";
import { builderMemory } from "../../builder/confined/allocator.ts";
import { removeIfThere } from "../../builder/disk/atomic_write.ts";
import { tempDir } from "../support/temp_dir.ts";
import { readJunit, type TestResult } from "./junit.ts";
import type { Shard } from "./plan.ts";
import { isBesideSource } from "./test_files.ts";

export interface ShardOutcome {
  readonly files: readonly string[];
  readonly seconds: number;
  readonly ok: boolean;
  readonly results: readonly TestResult[];
  /** Output of `deno test`, for failures. */
  readonly output: string;
}

/**
 * Time after which a process that hangs is ended and its files are named. The longest file takes three minutes on two
 * cores, six on busy ones.
 */
const MOST_MS = 600_000;

/**
 * Runs files in one `deno test` process. `deno check` checks their types. Files beside their source share an isolate:
 * `deno test` gives each file its own, which starts V8 and loads all modules again, and takes 0.6 s, ten times as long
 * as the tests of a short file. Those in tests/ often start a server for all of their tests, and only one such server is
 * to run at a time.
 * @param junitPath file to which `deno test` writes the results of the tests
 */
export async function runShard(
  { files }: Shard,
  { root, junitPath, filter }: { readonly root: string; readonly junitPath: string; readonly filter: string | null },
): Promise<ShardOutcome> {
  const began = performance.now();
  await removeIfThere(junitPath); // the results of an earlier run
  await using folder = await tempDir();
  const modules = files.length > 1 && files.every(isBesideSource)
    ? [await writeModule(`${folder.path}/shard_test.ts`, root, files)]
    : files;
  const child = new Deno.Command(Deno.execPath(), {
    cwd: root,
    args: [
      "test",
      "--quiet",
      "--no-check",
      "--allow-all",
      "--v8-flags=--expose-gc",
      "--preload=tests/support/open_gdal.ts",
      `--junit-path=${junitPath}`,
      ...(filter === null ? [] : [`--filter=${filter}`]),
      ...modules,
    ],
    env: { NO_COLOR: "1", ...builderMemory(Deno.env.toObject()) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isOverdue = false;
  const timer = setTimeout(() => {
    isOverdue = true;
    child.kill("SIGKILL");
  }, MOST_MS);
  const { success, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const text = new TextDecoder();
  const said = text.decode(stdout) + text.decode(stderr);
  const overdue = isOverdue
    ? `\nended, since it was not done within ${MOST_MS / 60_000} minutes: ${files.join(" ")}\n`
    : "";
  const seconds = (performance.now() - began) / 1000;
  return { files, seconds, ok: success, results: await resultsIn(junitPath), output: said + overdue };
}

/** Writes a module that imports test files, so that one isolate runs all of them. @returns its path */
async function writeModule(path: string, root: string, files: readonly string[]): Promise<string> {
  const imports = files.map((file) => `import ${JSON.stringify(pathToFileURL(`${root}/${file}`).href)};\n`);
  await Deno.writeTextFile(path, imports.join(""));
  return path;
}

/** Returns the results in a file; none when the process died before it wrote them. */
async function resultsIn(path: string): Promise<TestResult[]> {
  try {
    return readJunit(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
