import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, say } from "../../builder/operations/terminal.ts";
import { ARTIFACTS } from "./artifacts.ts";
import { BUILDER } from "./builder.ts";
import { CLIENTS } from "./clients.ts";
import { CONTRACT } from "./contract.ts";
import { DEPLOYMENT } from "./deployment.ts";
import { HTTP } from "./http.ts";
import type { Mutation } from "./mutation.ts";
import { ALL_CASES } from "../support/gate_cases.ts";
import { REFETCH } from "./refetch.ts";
import { ROUTES } from "./routes.ts";
import { SCHEDULE } from "./schedule.ts";
import { SCIENCE } from "./science.ts";
import { SERVER } from "./server.ts";
import { SOURCES } from "./sources.ts";

const USAGE = `usage: deno task mutate [options]
  --only TEXT    mutations with this in their words or in the file's name
  --jobs N       copies of the project that are worked on at a time; default: 2
  --list         says what there is, and whether it fits the code`;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MUTATIONS: readonly Mutation[] = [
  ...CONTRACT,
  ...BUILDER,
  ...SOURCES,
  ...ARTIFACTS,
  ...REFETCH,
  ...SCHEDULE,
  ...SCIENCE,
  ...SERVER,
  ...HTTP,
  ...ROUTES,
  ...CLIENTS,
  ...DEPLOYMENT,
];
/** Time limit of a test file: a test that hangs on a mutation has noticed it. */
const MOST_MS = 300_000;

type Verdict = "killed" | "survived";

/** Runs `deno task mutate`: applies one mutation after the other to a copy of the project; its tests must fail. */
async function main(): Promise<number> {
  const { values: options } = parseArgs({
    args: Deno.args,
    options: { only: { type: "string" }, jobs: { type: "string", default: "2" }, list: { type: "boolean" } },
  });
  const { only = "" } = options;
  const chosen = MUTATIONS.filter(({ what, file }) => what.includes(only) || file.includes(only));
  const stale = (await Promise.all(chosen.map(whyStale))).filter((reason) => reason !== null);
  stale.forEach((reason) => say(`stale: ${reason}`));
  if (stale.length > 0) return 2;
  if (options.list) {
    chosen.forEach(({ what, file }) => print(`${file}: ${what}`));
    return 0;
  }
  const verdicts = new Map<Mutation, Verdict>();
  const queue = [...chosen];
  const work = async () => {
    const copy = await copyOfProject();
    try {
      for (let mutation = queue.shift(); mutation; mutation = queue.shift()) {
        const verdict = await judge(mutation, copy);
        verdicts.set(mutation, verdict);
        print(`${verdict.padEnd(8)}  ${mutation.file}: ${mutation.what}`);
      }
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
  const killed = [...verdicts.values()].filter((verdict) => verdict === "killed").length;
  print(`${killed} of ${verdicts.size} mutations were noticed (${(killed / verdicts.size * 100).toFixed(1)} %)`);
  return killed === verdicts.size ? 0 : 1;
}

/** Returns the reason why a mutation no longer fits the code, or null when it fits. */
async function whyStale({ what, file, from, tests }: Mutation): Promise<string | null> {
  const text = await Deno.readTextFile(ROOT + file).catch(() => null);
  if (text === null) return `"${what}": there is no ${file}`;
  const times = text.split(from).length - 1;
  if (times !== 1) return `"${what}": what it changes stands ${times} times in ${file}`;
  for (const test of tests) {
    if (!await Deno.stat(ROOT + test).then(() => true, () => false)) return `"${what}": there is no ${test}`;
  }
  return null;
}

/** Copies the files that git tracks or would track, and the built page, to a temporary folder. */
async function copyOfProject(): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "twf-mutate-" });
  const script = 'git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$1" && ' +
    'ln -s "$PWD/node_modules" "$1/node_modules" && mkdir -p "$1/.twf" && cp -r .twf/page "$1/.twf/page"';
  const { success, stderr } = await new Deno.Command("sh", { cwd: ROOT, args: ["-c", script, "sh", copy] }).output();
  if (!success) throw new Error(`Cannot copy the project: ${new TextDecoder().decode(stderr)}`);
  return copy;
}

async function judge({ file, from, to, tests }: Mutation, copy: string): Promise<Verdict> {
  const path = `${copy}/${file}`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace(from, () => to));
  try {
    for (const test of tests) if (!await passes(test, copy)) return "killed";
    return "survived";
  } finally {
    await Deno.writeTextFile(path, text);
  }
}

async function passes(test: string, copy: string): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    cwd: copy,
    args: [
      "test",
      "--quiet",
      "--no-check",
      "--fail-fast",
      "--allow-all",
      "--v8-flags=--expose-gc",
      "--preload=tests/support/open_gdal.ts",
      test,
    ],
    env: { [ALL_CASES]: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), MOST_MS);
  const { success } = await child.status;
  clearTimeout(timer);
  return success;
}

try {
  Deno.exit(await main());
} catch (error) {
  say(`error: ${error instanceof Error ? error.message : error}\n${USAGE}`);
  Deno.exit(2);
}
