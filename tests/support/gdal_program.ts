import assert from "node:assert/strict";

/**
 * Runs one of GDAL's programs and returns its output; the program may send requests to servers, and starts with an
 * empty cache of their answers.
 */
export async function gdal(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { GDAL_HTTP_TIMEOUT: "20", GDAL_DEFAULT_WMS_CACHE_PATH: await Deno.makeTempDir({ prefix: "twf-wms-" }) },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, `${command} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}
