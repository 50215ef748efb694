import assert from "node:assert/strict";
import { builderMemory } from "./allocator.ts";

Deno.test("builderMemory() sets the allocator, unless the caller has", () => {
  assert.match(builderMemory({}).GLIBC_TUNABLES!, /arena_max=1/);
  assert.deepEqual(builderMemory({ GLIBC_TUNABLES: "glibc.malloc.arena_max=2" }), {
    GLIBC_TUNABLES: "glibc.malloc.arena_max=2",
  });
});

Deno.test("builderMemory() is what the scheduler's unit sets", async () => {
  const unit = await Deno.readTextFile(
    new URL("../../deployment/systemd/twf-v3-scheduler@.service", import.meta.url),
  );
  assert.match(unit, new RegExp(`^Environment=.* GLIBC_TUNABLES=${builderMemory({}).GLIBC_TUNABLES}$`, "m"));
});
