import { parseOptions } from "../../builder/cli/arguments.ts";
import { runMain } from "../../builder/cli/run_main.ts";
import { print, say } from "../../builder/operations/terminal.ts";
import { UsageError } from "../../builder/cli/usage_error.ts";
import { load, type LoadReport, missed } from "./load.ts";
import { ceilings } from "./ceiling.ts";
import { describe, type Output, OUTPUTS } from "./report.ts";
import { reset } from "./reset.ts";
import { discover, type Layer, type Target, targetsOf } from "./requests.ts";
import { knownScenarios, makeScenario, readScenario, type Scenario } from "./scenario.ts";

const USAGE = `usage: deno task load-test run [--scenario FILE …] [options]   by default all scenarios of the project
       deno task load-test quick [options]                     the two short scenarios
       deno task load-test list                                lists the scenarios
       deno task load-test ceiling [options]                   the highest request rate of this tool on this machine
       deno task load-test reset [--url URL]                   empties caches and counters of a server on this machine
       deno task load-test paths --scenario FILE [options]     lists the requested paths, one a line, for wrk/paths.lua
       deno task load-test warm [--zooms 0-4] [options]        requests every tile of these zooms once
  --url URL          server under test; default: http://127.0.0.1:8200
  --layers NAMES     such as hrrr/tmp2m,gfs/prmsl; default: all of the latest runs
  --clients N        instead of the scenario's
  --duration S       instead of the scenario's
  --compare URL      another server, which gets the same requests in turn; its URL may contain {z} {x} {y}
  --workers N        threads that send the requests; default: 2
  --output FORM      table, json or csv; default: table
Exit code 1 when a threshold is missed.`;

const OPTIONS = {
  scenario: { type: "string", multiple: true },
  url: { type: "string" },
  layers: { type: "string" },
  clients: { type: "string" },
  duration: { type: "string" },
  compare: { type: "string" },
  workers: { type: "string" },
  output: { type: "string" },
  zooms: { type: "string" },
} as const;

/** Number of turns of each server in a comparison. */
const TURNS = 3;

async function main([command = "", ...args]: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const url = (options.url ?? "http://127.0.0.1:8200").replace(/\/$/, "");
  const output = options.output ?? "table";
  const [clients, durationS] = [whole("clients", options.clients, 5000), whole("duration", options.duration, 3600)];
  const workers = whole("workers", options.workers, 16) ?? 2;
  if (!OUTPUTS.includes(output as Output)) throw new UsageError(`--output "${output}": expected ${OUTPUTS.join(", ")}`);
  if (command === "list") return listScenarios();
  if (command === "reset") return await reset(url);
  if (command === "ceiling") {
    return print(
      describe(await ceilings({ clients: clients ?? 32, durationS: durationS ?? 5, workers }), output as Output),
    );
  }
  if (!["run", "quick", "warm", "paths"].includes(command)) {
    throw new UsageError(`"${command}": expected run, quick, list, warm, ceiling, reset or paths`);
  }
  const layers = chosen(await discover(url), options.layers);
  if (command === "warm") return await warm(url, layers, options.zooms ?? "0-4");
  const scenarios = (await scenariosOf(command, options.scenario ?? [])).map((scenario) => ({
    ...scenario,
    clients: clients ?? scenario.clients,
    duration_s: durationS ?? scenario.duration_s,
  }));
  if (command === "paths") {
    for (const { path } of scenarios.flatMap((scenario) => targetsOf(scenario, layers))) print(path);
    return;
  }
  const reports: LoadReport[] = [];
  const failures: string[] = [];
  for (const scenario of scenarios) {
    const targets = targetsOf(scenario, layers);
    if (options.compare !== undefined) {
      const pairs = await compare(scenario, targets, url, options.compare, workers);
      reports.push(...pairs);
      continue;
    }
    say(`${scenario.name}: ${scenario.clients} clients for ${scenario.duration_s} s`);
    const report = await load(scenario, url, targets.map(({ path }) => url + path), workers);
    reports.push(report);
    failures.push(...missed(scenario, report).map((words) => `${scenario.name}: ${words}`));
  }
  print(describe(reports, output as Output));
  if (failures.length === 0) return;
  failures.forEach((words) => say(`FAIL  ${words}`));
  Deno.exit(1);
}

/** Loads both servers in turn, so that other work on the machine affects both; the best turn of each counts. */
async function compare(
  scenario: Scenario,
  targets: readonly Target[],
  url: string,
  other: string,
  workers: number,
): Promise<LoadReport[]> {
  if (scenario.kind !== "tiles") {
    throw new UsageError(
      `--compare requires scenarios of kind "tiles"; ${scenario.name} is of kind "${scenario.kind}"`,
    );
  }
  const theirs = ({ path, z, x, y }: Target) =>
    other.includes("{z}")
      ? other.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y))
      : other.replace(/\/$/, "") + path;
  const turns: { own: LoadReport; their: LoadReport }[] = [];
  for (let turn = 1; turn <= TURNS; turn++) {
    say(`${scenario.name}: turn ${turn} of ${TURNS}`);
    turns.push({
      own: await load(scenario, url, targets.map(({ path }) => url + path), workers),
      their: await load(scenario, other, targets.map(theirs), workers),
    });
  }
  const best = (reports: readonly LoadReport[]) => reports.reduce((a, b) => b.perSecond > a.perSecond ? b : a);
  const [own, their] = [best(turns.map(({ own }) => own)), best(turns.map(({ their }) => their))];
  say(
    `${scenario.name}: ${(own.perSecond / their.perSecond).toFixed(2)} × as many requests per second, p99 ${
      (own.latencyMs.p99! / their.latencyMs.p99!).toFixed(2)
    } ×`,
  );
  return [own, their];
}

async function listScenarios(): Promise<void> {
  for (const { name, description } of await knownScenarios()) print(`${name.padEnd(16)} ${description}`);
}

async function scenariosOf(command: string, paths: readonly string[]): Promise<Scenario[]> {
  if (paths.length > 0) return await Promise.all(paths.map(readScenario));
  const all = await knownScenarios();
  return command === "quick" ? all.filter(({ name }) => name.startsWith("quick")) : all;
}

/** Returns the layers with the given names, or all. @throws UsageError naming the layers that exist */
function chosen(layers: readonly Layer[], names: string | undefined): Layer[] {
  if (names === undefined) return [...layers];
  return names.split(",").map((name) => {
    const layer = layers.find(({ model, variable }) => `${model}/${variable}` === name);
    if (layer) return layer;
    throw new UsageError(
      `--layers "${name}": expected ${layers.map(({ model, variable }) => `${model}/${variable}`).join(", ")}`,
    );
  });
}

/** Requests every tile of these zooms once, one after the other. */
async function warm(url: string, layers: readonly Layer[], zooms: string): Promise<void> {
  const match = /^([0-9]|1[0-4])-([0-9]|1[0-4])$/.exec(zooms);
  if (!match) throw new UsageError(`--zooms "${zooms}": expected two zooms such as 0-4`);
  let count = 0;
  for (let z = Number(match[1]); z <= Number(match[2]); z++) {
    for (const layer of layers) {
      for (const lead of layer.hours) {
        const scenario = makeScenario("warm", {
          description: "",
          pattern: "sequential",
          zooms: [z, z],
          requests: 2000,
        });
        for (const { path } of uniqueBy(targetsOf(scenario, [{ ...layer, hours: [lead] }]))) {
          const response = await fetch(url + path);
          await response.body?.cancel();
          if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
          count++;
        }
      }
    }
  }
  say(`${count} tiles were requested`);
}

function uniqueBy(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.path, target])).values()];
}

function whole(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError(`--${name} "${text}": expected a whole number from 1 to ${most}`);
}

if (import.meta.main) await runMain(main, USAGE);
