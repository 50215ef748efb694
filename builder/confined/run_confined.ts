/**
 * Runs a command of the builder with no more permissions than its options and settings make necessary. Problem: a
 * task's line is the same for all data roots and sources, so it would have to allow them all. Solution: this program,
 * which reads no input from outside, works out the places and starts the command in a process of its own.
 */
import { builderMemory } from "./allocator.ts";
import { withCallersPaths } from "./callers_paths.ts";
import { confine } from "./permissions.ts";
import { pastProxy } from "./past_proxy.ts";

const [command = "", ...given] = Deno.args;
const args = withCallersPaths(given, Deno.env.get("INIT_CWD") ?? Deno.cwd());
const { flags, script } = confine(command, args, Deno.env.toObject());
const child = new Deno.Command("deno", {
  args: ["run", "--quiet", "--no-prompt", ...flags, script, ...args],
  env: { ...pastProxy(Deno.env.toObject()), ...builderMemory(Deno.env.toObject()) },
  stdin: "inherit",
  stdout: "inherit",
  stderr: "inherit",
}).spawn();

// A terminal sends Ctrl-C to both processes; a second signal does no harm.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {
    try {
      child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // the child has ended already
    }
  });
}

const { code } = await child.status;
Deno.exit(code);
