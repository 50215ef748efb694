import assert from "node:assert/strict";
import fc from "fast-check";
import { ArchiveError } from "./archive_error.ts";
import { pushVarint, VarintReader } from "./varint.ts";

Deno.test("VarintReader reads the numbers that pushVarint() wrote", () => {
  fc.assert(fc.property(fc.array(fc.maxSafeNat()), (numbers) => {
    const bytes: number[] = [];
    for (const number of numbers) pushVarint(bytes, number);
    const reader = new VarintReader(Uint8Array.from(bytes));
    assert.deepEqual(numbers.map(() => reader.next()), numbers);
    assert.equal(reader.remainingBytes, 0);
  }));
});

Deno.test("pushVarint() writes seven bits a byte, lowest first", () => {
  const bytes: number[] = [];
  pushVarint(bytes, 300);
  assert.deepEqual(bytes, [0b1010_1100, 0b10]);
});

Deno.test("VarintReader refuses a number above 2^53 − 1, one of endless bytes, and one that does not end", () => {
  const read = (...bytes: number[]) => new VarintReader(Uint8Array.from(bytes)).next();
  const low = Array<number>(7).fill(0xff);
  assert.equal(read(...low, 15), Number.MAX_SAFE_INTEGER);
  assert.throws(() => read(...low, 16), { name: "ArchiveError", message: /above 2\^53/ });
  assert.throws(() => read(...Array<number>(500).fill(0x80), 0), { name: "ArchiveError", message: /above 2\^53/ });
  assert.throws(() => read(0x80), ArchiveError);
});
