import assert from "node:assert/strict";

/** What one of GDAL's programs prints; it may ask servers, and keeps nothing of what they answer. */
export async function gdal(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { GDAL_HTTP_TIMEOUT: "20", GDAL_DEFAULT_WMS_CACHE_PATH: await Deno.makeTempDir({ prefix: "twf-wms-" }) },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, `${command} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}
