import { onPhase } from "../../builder/publish/phases.ts";

/**
 * Preloaded before a builder's command: the command stops at the first frame that reaches the phase TEST_STOP_AT and
 * reports this, so that the test can kill the command there.
 */
onPhase((phase) => {
  if (phase !== Deno.env.get("TEST_STOP_AT")) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`STOPPED AT ${phase}\n`));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
