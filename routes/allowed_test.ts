import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Returns what the script prints under some settings. */
async function allowed(what: "read" | "net", settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "routes/allowed.ts", what],
    env: settings,
    stderr: "null",
  }).output();
  assert.ok(success);
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("allowed.ts prints the server's own address, and that of Redis if there is one", async () => {
  assert.equal(await allowed("net", { TWF_V3_HOST: "::1", TWF_V3_PORT: "9000" }), "[::1]:9000");
  const redis = { TWF_V3_PORT: "9000", TWF_V3_REDIS_URL: "redis://cache.example.org:6379/1" };
  assert.equal(await allowed("net", redis), "127.0.0.1:9000,cache.example.org:6379");
});

Deno.test("allowed.ts prints the project's folder and the data roots", async () => {
  const roots = { TWF_V3_DATA_ROOT: "/nowhere/data", TWF_V3_MANIFEST_ROOT: "/nowhere/manifests" };
  const paths = (await allowed("read", roots)).split(",");
  assert.ok(paths.includes("."), `${paths}`);
  assert.ok(paths.includes("/nowhere/data") && paths.includes("/nowhere/manifests"), `${paths}`);
});

Deno.test("allowed.ts prints the least when a setting is wrong, so that the server can start and report it", async () => {
  const wrong = { TWF_V3_PORT: "http" };
  assert.deepEqual([await allowed("read", wrong), await allowed("net", wrong)], [".", "127.0.0.1"]);
});
