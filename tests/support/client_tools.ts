import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../clients/", import.meta.url));
/** Separate folder of third-party tools and their packages: none of them is a dependency of this project. */
const FOLDER = fileURLToPath(new URL("../../.twf/clients/", import.meta.url));

/** Installs the tools that tests/clients names, once. @returns their folder */
export async function clientTools(): Promise<string> {
  await Deno.mkdir(FOLDER, { recursive: true });
  for await (const { name } of Deno.readDir(SOURCE)) await Deno.copyFile(SOURCE + name, FOLDER + name);
  const { code, output } = await runTool(["install", "--quiet"]);
  assert.equal(code, 0, output);
  return FOLDER;
}

/** Runs Deno, which runs the tools, in their folder. */
export async function runTool(args: readonly string[]): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: FOLDER,
    args: [...args],
    env: { NO_COLOR: "1", REDOCLY_TELEMETRY: "off" },
  }).output();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}
