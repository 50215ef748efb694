import assert from "node:assert/strict";

/** Allowed growth after 850 frames: 1.2 KB for each, less than any GDAL object. */
const ALLOWED_GROWTH_BYTES = 1e6;

Deno.test({
  name: "opening, reading, warping, writing and closing 850 frames leaves no memory allocated",
  ignore: Deno.build.os !== "linux", // glibc reports the allocated memory
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
