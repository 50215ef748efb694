import { fileURLToPath } from "node:url";
import type { FrameId } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import { COMMANDS, confine } from "../../builder/confined/permissions.ts";
import { locateGdal } from "../../builder/gdal/locate.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Returns the command for a script of the builder, with the permissions that its task has. A program of the tests has
 * all permissions.
 */
export function builderCommand(
  script: string,
  args: readonly string[],
  { preload, env = {} }: { readonly preload?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Deno.Command {
  const command = Object.keys(COMMANDS).find((name) => script.endsWith(COMMANDS[name]!.script));
  const flags = command === undefined
    ? ["--allow-all"]
    : confine(command, args, { ...Deno.env.toObject(), ...env }).flags;
  return new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: ["run", "--quiet", "--no-prompt", ...flags, ...(preload ? [`--preload=${preload}`] : []), script, ...args],
    env: { TWF_V3_GDAL_LIB: locateGdal(Deno.env.get("TWF_V3_GDAL_LIB")), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

export async function runCommand(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const output = await builderCommand(script, args, { env }).output();
  const text = new TextDecoder();
  return { code: output.code, stdout: text.decode(output.stdout), stderr: text.decode(output.stderr) };
}

/** Builds a frame by the command. @param options those that do not name the frame */
export function runBuildFrame(
  { model, run, var: variable, lead }: FrameId,
  options: readonly string[],
): Promise<CommandResult> {
  const frame = ["--model", model, "--run", run, "--var", variable, "--fh", leadText(lead)];
  return runCommand("builder/cli/build_frame.ts", [...frame, ...options]);
}
