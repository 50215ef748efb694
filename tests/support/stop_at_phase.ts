import { onPhase } from "../../builder/publish/phases.ts";

/**
 * Loaded before a builder's command: it stands still at the first frame that reaches the phase TEST_STOP_AT and says so,
 * for the test to kill it there.
 */
onPhase((phase) => {
  if (phase !== Deno.env.get("TEST_STOP_AT")) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`STOPPED AT ${phase}\n`));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
