import assert from "node:assert/strict";
import { CCSDS_MESSAGE } from "../../tests/support/ccsds_message.ts";
import { type Bytes, type Packed, type PackedMessage, packMessage } from "../../tests/support/packed_message.ts";
import { decodeField } from "./decode_field.ts";
import { fieldHeaders } from "./field_header.ts";
import { BadGribError } from "./messages.ts";

/** Most time that one decode of a small damaged message may take: a hang takes longer on any machine. */
const MOST_MS = 5000;

const [WIDTH, HEIGHT] = [20, 12];
const VALUES = Array.from({ length: WIDTH * HEIGHT }, (_, i) => 500 + ((i * 37) % 700));
const WITH_HOLES: readonly Packed[] = VALUES.map((value, i) => (i % 7 === 2 || (i > 60 && i < 72) ? "primary" : value));

const of = (packing: PackedMessage["packing"], missing: PackedMessage["missing"]) =>
  packMessage({ width: WIDTH, height: HEIGHT, packing, missing, values: missing === "none" ? VALUES : WITH_HOLES });

const MESSAGES: Readonly<Record<string, Bytes>> = {
  "simple": of("simple", "none"),
  "simple with a bitmap": of("simple", "bitmap"),
  "complex": of("complex", "none"),
  "complex with missing values": of("complex", { primary: 9999 }),
  "first differences": of("first differences", "none"),
  "second differences": of("second differences", "none"),
  "second differences with missing values": of("second differences", { primary: 9999, secondary: 8888 }),
  "CCSDS": CCSDS_MESSAGE,
};

for (const [name, message] of Object.entries(MESSAGES)) {
  Deno.test(`decodeField() refuses or decodes each message with a flipped bit in sections 5 to 7: ${name}`, () => {
    const header = fieldHeaders(message, "m")[0]!;
    const right = decodeField(message, header, "m").values;
    const rightFinite = count(right, Number.isFinite);
    let [refused, decoded] = [0, 0];
    for (let at = header.sections.representation; at < message.length - 4; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = message.slice();
        damaged[at]! ^= 1 << bit;
        const began = performance.now();
        try {
          const [damagedHeader] = fieldHeaders(damaged, "m");
          const { values } = decodeField(damaged, damagedHeader!, "m");
          decoded++;
          assert.equal(values.length, right.length);
          assert.equal(count(values, Number.isNaN) + count(values, Number.isFinite), values.length, `byte ${at}`);
          const mayMark = header.packing.missingManagement + damagedHeader!.packing.missingManagement > 0;
          if (!mayMark) assert.equal(count(values, Number.isFinite), rightFinite, `byte ${at}`);
        } catch (error) {
          if (!(error instanceof BadGribError)) throw error;
          refused++;
        }
        assert.ok(performance.now() - began < MOST_MS, `byte ${at}, bit ${bit}`);
      }
    }
    assert.ok(refused > 100 && decoded > 100, `${refused} refused, ${decoded} decoded`);
  });
}

function count(values: Float32Array, is: (value: number) => boolean): number {
  return values.reduce((sum, value) => sum + (is(value) ? 1 : 0), 0);
}
