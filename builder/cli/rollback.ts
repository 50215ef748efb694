import { parseConfiguration } from "../../contract/environment.ts";
import { modelIdSchema, runIdSchema } from "../../contract/identity.ts";
import { findModel } from "../models/registry.ts";
import { rollBack } from "../publish/latest_pointer.ts";
import { parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { requireDataFolder } from "./data_folder.ts";
import { runMain } from "./run_main.ts";
import { print, say } from "../operations/terminal.ts";

const USAGE = `usage: deno task rollback --model hrrr [options]
  --to RUN           a published run; default: the newest before the present one
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3
  --json             one JSON object on stdout`;

const OPTIONS = {
  model: { type: "string" },
  to: { type: "string" },
  "data-root": { type: "string" },
  json: { type: "boolean" },
} as const;

/**
 * Runs `deno task rollback`: makes an older run the latest one, until a run newer than the one that readers left is
 * promoted.
 */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const model = findModel(parseNeeded("model", modelIdSchema, options.model));
  const to = options.to === undefined ? null : parseNeeded("to", runIdSchema, options.to);
  const roots = rootsOf(options["data-root"], parseConfiguration(Deno.env.toObject()).roots);
  await requireDataFolder(roots);
  const rollback = await rollBack(roots, model.id, to);
  if (options.json) print(JSON.stringify({ model: model.id, ...rollback }));
  say(`${model.id}: readers see ${rollback.to}, and no longer ${rollback.from}`);
}

if (import.meta.main) await runMain(main, USAGE);
