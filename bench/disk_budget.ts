import { modelIdSchema } from "../contract/identity.ts";
import { findModel, MODELS } from "../builder/models/registry.ts";
import { variableLeads } from "../builder/models/model.ts";
import { publishedRuns } from "../builder/publish/published_runs.ts";
import { rootsBelow } from "../contract/paths.ts";
import { print } from "../builder/operations/terminal.ts";
import { cycleTime, runIdOf } from "../contract/identity.ts";

/**
 * Disk use of the published frames of a data root, extrapolated to whole runs of each model: the mean size of a frame
 * of each variable, times the hours of its longest cycle, times two runs. `deno task bench:disk-budget DATA_ROOT`
 */

const RUNS = 2;
const HOUR_MS = 3_600_000;

const [dataRoot] = Deno.args;
if (!dataRoot) throw new Error("DATA_ROOT is required: expected a data root with published frames");
const roots = rootsBelow(dataRoot);

for (const { id } of MODELS) {
  const model = findModel(modelIdSchema.parse(id));
  const [run] = await publishedRuns(roots, id);
  if (!run) continue;
  print(`| ${id} | frames | KB a frame | hours of the longest run | MB in ${RUNS} runs |`);
  print("| --- | ---: | ---: | ---: | ---: |");
  let totalMb = 0;
  for (const variable of model.variables) {
    const sizes = new Map<string, number>();
    const folder = `${roots.published}/${id}/${run}/${variable.id}`;
    for await (const { name } of Deno.readDir(folder)) {
      const hour = name.slice(0, "fh000".length);
      sizes.set(hour, (sizes.get(hour) ?? 0) + (await Deno.stat(`${folder}/${name}`)).size);
    }
    const mean = [...sizes.values()].reduce((sum, size) => sum + size, 0) / sizes.size;
    // The longest of a day's cycles.
    const hours = Math.max(
      ...Array.from({ length: 24 }, (_, i) => {
        const cycle = runIdOf(new Date(cycleTime(run).getTime() + i * HOUR_MS));
        return variableLeads(model, variable, cycle).length;
      }),
    );
    const mb = mean * hours * RUNS / 1e6;
    totalMb += mb;
    print(`| ${variable.id} | ${sizes.size} | ${Math.round(mean / 1000)} | ${hours} | ${Math.round(mb)} |`);
  }
  print(`| all | | | | ${Math.round(totalMb)} |\n`);
}
