import assert from "node:assert/strict";
import { repetitions } from "../support/gate_cases.ts";
import type { FlipResult, FlipSummary } from "../support/flip_child.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";

/**
 * Random bits of real messages are flipped one at a time: nothing hangs, crashes or grows, and a frame that would be
 * published is right except for the cells that the flipped bit encodes.
 *
 * Both messages are packed as second differences along the rows, from the south: after a wrong difference the error of
 * every later value grows, until a value is outside the physical range. Only a flip in the message's last row, the
 * northernmost of the grid, has no later values that reveal it.
 */

const FLIPS = repetitions({ inGate: 48, all: 400 });
/** Most time that a flip may take: ten seconds, or `MOST_TIMES` the time of the right frame on a slow machine. */
const MOST_MS = 10_000;
const MOST_TIMES = 20;
const MOST_BYTES = 700e6;

const MESSAGES = [
  { field: "f001.tmp2m", varId: "tmp2m", lead: "1" },
  { field: "f001.refc", varId: "refc", lead: "1" },
] as const;

testWithSharedData(
  `each of ${FLIPS} flipped bits of real messages is refused, or changes only the last row`,
  async (t) => {
    const children = MESSAGES.map(({ field, varId, lead }, i) => ({
      field,
      output: new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--allow-all",
          "tests/support/flip_child.ts",
          requireSharedData(`hrrr/hrrr.20260129.t17z.${field}.grib2`),
          varId,
          lead,
          String(FLIPS),
          String(20260129 + i),
        ],
      }).output(),
    }));
    for (const { field, output } of children) {
      await t.step(field, async () => {
        const { code, signal, stdout, stderr } = await output;
        const text = new TextDecoder();
        assert.deepEqual([code, signal], [0, null], text.decode(stderr));
        // GDAL's own GRIB decoder writes warnings to stdout.
        const lines = text.decode(stdout).split("\n").filter((line) => line.startsWith("{"));
        const flips = lines.slice(0, -1).map((line): FlipResult => JSON.parse(line));
        const { rightMs, width, mostBytes }: FlipSummary = JSON.parse(lines.at(-1)!);
        assert.equal(flips.length, FLIPS);
        for (const { bit, ms, refused, changed } of flips) {
          assert.ok(ms < Math.max(MOST_MS, MOST_TIMES * rightMs), `bit ${bit}: ${ms.toFixed(0)} ms`);
          if (refused) {
            const [name, message] = refused;
            assert.match(name, /^(BadGribError|GateError)$/, `bit ${bit}: ${message}`);
            assert.doesNotMatch(message, /vsimem|\p{Cc}/u, `bit ${bit}`);
          } else {
            assert.ok(
              changed!.count === 0 || changed!.last < width,
              `bit ${bit}: ${JSON.stringify(changed)} published`,
            );
          }
        }
        assert.ok(mostBytes < MOST_BYTES, `${(mostBytes / 1e6).toFixed(0)} MB`);
      });
    }
  },
);
