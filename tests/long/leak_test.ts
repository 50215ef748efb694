import assert from "node:assert/strict";

/** For 850 frames: 1.2 KB for each, less than any object of GDAL's. */
const ALLOWED_GROWTH_BYTES = 1e6;

Deno.test({
  name: "a thousand frames' worth of open, read, warp, write and close leaves no memory behind",
  ignore: Deno.build.os !== "linux", // glibc is asked
  fn: async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", "--v8-flags=--expose-gc", "tests/support/many_frames.ts"],
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    const growth = Number(text.decode(stdout));
    assert.ok(growth < ALLOWED_GROWTH_BYTES, `${growth} bytes more after 850 frames`);
  },
});
