import assert from "node:assert/strict";
import fc from "fast-check";
import { codeOfLengths, huffmanCode } from "./huffman.ts";

/** Share of all codes that the lengths use: 1 for a code without a gap. */
function usedShare(lengths: Uint8Array): number {
  return lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0);
}

Deno.test("huffmanCode() gives frequent symbols short codes, and unused ones none", () => {
  // The example of RFC 1951, section 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4).
  const { lengths } = huffmanCode(Uint32Array.of(10, 10, 10, 10, 10, 30, 5, 6, 0), 15);
  assert.deepEqual([...lengths], [3, 3, 3, 3, 3, 2, 4, 4, 0]);
});

Deno.test("codeOfLengths() numbers the codes as RFC 1951 does, with the first bit lowest", () => {
  const { codes } = codeOfLengths(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4));
  const texts = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
  assert.deepEqual([...codes], texts.map((text) => parseInt([...text].reverse().join(""), 2)));
});

Deno.test("huffmanCode() gives a single symbol a code of one bit, and none when none is used", () => {
  assert.deepEqual([...huffmanCode(Uint32Array.of(0, 7, 0), 15).lengths], [0, 1, 0]);
  assert.deepEqual([...huffmanCode(new Uint32Array(3), 15).lengths], [0, 0, 0]);
});

Deno.test("huffmanCode() uses all codes, none longer than allowed, and rarer symbols never get shorter ones", () => {
  const frequencies = fc.array(fc.oneof(fc.constant(0), fc.nat(10), fc.nat(1_000_000)), {
    minLength: 2,
    maxLength: 286,
  });
  fc.assert(
    fc.property(frequencies, fc.integer({ min: 9, max: 15 }), (list, maxLength) => {
      const { lengths } = huffmanCode(Uint32Array.from(list), maxLength);
      const used = list.filter((frequency) => frequency > 0).length;
      if (used > 1) assert.equal(usedShare(lengths), 1);
      assert.ok(Math.max(...lengths) <= maxLength);
      list.forEach((frequency, symbol) => {
        assert.equal(lengths[symbol]! > 0, frequency > 0);
        list.forEach((other, another) => {
          if (frequency > other && other > 0) assert.ok(lengths[symbol]! <= lengths[another]!);
        });
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("huffmanCode() shortens the codes of frequencies whose tree is as deep as possible", () => {
  const fibonacci = [1, 1];
  while (fibonacci.length < 30) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
  const unlimited = huffmanCode(Uint32Array.from(fibonacci.slice(0, 16)), 15);
  assert.equal(Math.max(...unlimited.lengths), 15);
  const { lengths } = huffmanCode(Uint32Array.from(fibonacci), 7);
  assert.equal(Math.max(...lengths), 7);
  assert.equal(usedShare(lengths), 1);
});
