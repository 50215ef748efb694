import assert from "node:assert/strict";
import { runCommand } from "../support/run_command.ts";

const ALLOWED_GROWTH_BYTES = 32 * 1024 * 1024;

Deno.test("a thousand frames' worth of open, read, warp, write and close leaves no memory behind", async () => {
  const { code, stdout, stderr } = await runCommand("tests/support/many_frames.ts", []);
  assert.equal(code, 0, stderr);
  const growth = Number(stdout);
  assert.ok(growth < ALLOWED_GROWTH_BYTES, `${growth} bytes more after 800 frames`);
});
