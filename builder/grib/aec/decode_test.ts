import assert from "node:assert/strict";
import { CCSDS_MESSAGE } from "../../../tests/support/ccsds_message.ts";
import { nativeTest } from "../../../tests/support/collect_garbage.ts";
import { runCommand } from "../../../tests/support/run_command.ts";
import { aecDecode } from "./decode.ts";
import { aec, AecError } from "./library.ts";

/** Section 7 of the message without its header, and its parameters from section 5. */
const PACKED = CCSDS_MESSAGE.slice(253 - 4 - 65, 253 - 4);
const PARAMETERS = { bitsPerSample: 8, blockSize: 32, rsi: 128, flags: 14 };

nativeTest("the types of libaec's prototypes keep bytes and addresses above 2^32 intact", () => {
  const c = aec();
  const address = c.malloc(8n);
  assert.ok(address > 0xffff_ffffn, "an address above 2^32 survives");
  const bytes = Uint8Array.of(1, 2, 254, 255, 0, 128, 7, 9);
  assert.equal(c.copyIn(address, bytes, 8n), address);
  const back = new Uint8Array(8);
  c.copyOut(back, address, 8n);
  assert.deepEqual(back, bytes);
  c.free(address);
});

nativeTest("aecDecode() returns samples of 8 bits in one byte each", () => {
  const samples = aecDecode(PACKED, 64, PARAMETERS);
  assert.ok(samples instanceof Uint8Array);
  assert.equal(samples.length, 64);
  assert.equal(Math.min(...samples), 0);
});

nativeTest("aecDecode() refuses a stream that ends early, and samples of an impossible size", () => {
  assert.throws(() => aecDecode(PACKED.slice(0, 8), 64, PARAMETERS), AecError);
  assert.throws(() => aecDecode(PACKED, 64, { ...PARAMETERS, bitsPerSample: 33 }), RangeError);
  for (const wrong of [{ blockSize: 0 }, { blockSize: 12 }, { rsi: 0 }, { rsi: 4097 }]) {
    assert.throws(() => aecDecode(PACKED, 64, { ...PARAMETERS, ...wrong }), RangeError, JSON.stringify(wrong));
  }
});

nativeTest("aecDecode() frees its native memory", async () => {
  const { code, stdout, stderr } = await runCommand("tests/support/many_decodes.ts", []);
  assert.equal(code, 0, stderr);
  assert.ok(Number(stdout) < 8_000_000, `${stdout} bytes more after 20,000 messages`);
});
