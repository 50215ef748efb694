import assert from "node:assert/strict";
import fc from "fast-check";
import { type ClosedRange, type MergedRange, mergeRanges } from "./merge_ranges.ts";

const GAP = 64 * 1024;
const MIB = 1024 * 1024;
const LARGEST = 16 * MIB;

interface Part {
  readonly name: string;
  readonly range: ClosedRange;
}

const part = (name: string, start: number, end: number): Part => ({ name, range: { start, end } });

/** `[start, end, names]` of each merged range. */
const summary = (merged: readonly MergedRange<Part>[]) =>
  merged.map(({ start, end, parts }) => [start, end, parts.map(({ name }) => name).join("")]);

Deno.test("mergeRanges() returns nothing for no parts, and a single part unchanged", () => {
  assert.deepEqual(mergeRanges([]), []);
  assert.deepEqual(summary(mergeRanges([part("a", 5, 9)])), [[5, 9, "a"]]);
});

Deno.test("mergeRanges() joins neighbours into one range", () => {
  assert.deepEqual(summary(mergeRanges([part("a", 0, 100), part("b", 100, 250), part("c", 250, 300)])), [
    [0, 300, "abc"],
  ]);
});

Deno.test("mergeRanges() reads over a gap of 64 KiB, but not over one that is a byte wider", () => {
  assert.deepEqual(summary(mergeRanges([part("a", 10, 100), part("b", 100 + GAP, 200 + GAP)])), [[
    10,
    200 + GAP,
    "ab",
  ]]);
  assert.deepEqual(summary(mergeRanges([part("a", 10, 100), part("b", 101 + GAP, 200 + GAP)])), [
    [10, 100, "a"],
    [101 + GAP, 200 + GAP, "b"],
  ]);
});

Deno.test("mergeRanges() joins ranges up to 16 MiB, but not to one that is a byte longer", () => {
  assert.deepEqual(summary(mergeRanges([part("a", 7, 7 + MIB), part("b", 7 + MIB, 7 + LARGEST)])), [
    [7, 7 + LARGEST, "ab"],
  ]);
  assert.deepEqual(summary(mergeRanges([part("a", 7, 7 + MIB), part("b", 7 + MIB, 8 + LARGEST)])), [
    [7, 7 + MIB, "a"],
    [7 + MIB, 8 + LARGEST, "b"],
  ]);
});

Deno.test("mergeRanges() does not join a part that is longer than 16 MiB", () => {
  const merged = mergeRanges([
    part("a", 0, 100),
    part("b", 100, 100 + LARGEST + 1),
    part("c", 101 + LARGEST, LARGEST + 200),
  ]);
  assert.deepEqual(summary(merged), [[0, 100, "a"], [100, 101 + LARGEST, "b"], [101 + LARGEST, LARGEST + 200, "c"]]);
});

Deno.test("mergeRanges() reads the bytes of two fields of one message once", () => {
  assert.deepEqual(summary(mergeRanges([part("u", 500, 900), part("v", 500, 900)])), [[500, 900, "uv"]]);
  assert.deepEqual(summary(mergeRanges([part("u", 0, LARGEST), part("v", 0, LARGEST)])), [[0, LARGEST, "uv"]]);
});

Deno.test("mergeRanges() ends where the longest of overlapping parts ends", () => {
  assert.deepEqual(summary(mergeRanges([part("a", 0, 900), part("b", 100, 200), part("c", 850, 880)])), [
    [0, 900, "abc"],
  ]);
});

Deno.test("mergeRanges() sorts parts by their bytes and does not change the caller's array", () => {
  const parts = [part("d", 5 * MIB, 5 * MIB + 1), part("c", 300, 400), part("a", 0, 100), part("b", 0, 200)];
  assert.deepEqual(summary(mergeRanges(parts)), [[0, 400, "abc"], [5 * MIB, 5 * MIB + 1, "d"]]);
  assert.deepEqual(parts.map(({ name }) => name).join(""), "dcab");
});

/** Checks everything that a reader of merged ranges relies on. */
function assertCovers(parts: readonly Part[], merged: readonly MergedRange<Part>[]): void {
  const held = merged.flatMap(({ parts }) => parts);
  assert.equal(held.length, parts.length);
  assert.deepEqual(new Set(held), new Set(parts));
  for (const { start, end, parts } of merged) {
    assert.equal(start, Math.min(...parts.map(({ range }) => range.start)));
    assert.equal(end, Math.max(...parts.map(({ range }) => range.end)));
    // A range is longer than the bound only when a single part asks for it.
    assert.ok(end - start <= LARGEST || parts.some(({ range }) => range.start === start && range.end === end));
  }
  merged.slice(1).forEach((next, i) => {
    const last = merged[i]!;
    assert.ok(last.start <= next.start);
    const first = next.parts[0]!.range;
    const couldBeOne = first.start - last.end <= GAP && Math.max(first.end, last.end) - last.start <= LARGEST;
    assert.ok(!couldBeOne, "two requests where one would do");
  });
}

const lengths = fc.oneof(fc.integer({ min: 1, max: 3 * GAP }), fc.integer({ min: 1, max: LARGEST + MIB }));

Deno.test("mergeRanges() loses no part and keeps its bounds for any ranges", () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 4 * LARGEST }), lengths);
  fc.assert(fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
    const parts = ranges.map(([start, length], i) => part(String(i), start, start + length));
    assertCovers(parts, mergeRanges(parts));
  }));
});

Deno.test("mergeRanges() reads equal ranges once, however long", () => {
  const parts = [part("u", 0, LARGEST + MIB), part("v", 0, LARGEST + MIB)];
  assert.deepEqual(mergeRanges(parts).map(({ start, end, parts }) => [start, end, parts.length]), [[
    0,
    LARGEST + MIB,
    2,
  ]]);
});

Deno.test("mergeRanges() reads no byte of a file's messages twice", () => {
  const message = fc.record({
    length: fc.integer({ min: 1, max: 4 * MIB }),
    fields: fc.integer({ min: 0, max: 2 }), // wanted fields
  });
  fc.assert(fc.property(fc.array(message, { maxLength: 60 }), fc.nat(), (messages, seed) => {
    let start = 0;
    const parts = messages.flatMap(({ length, fields }, i) => {
      const range = { start, end: start += length };
      return Array.from({ length: fields }, (_, field) => ({ name: `${i}.${field}`, range }));
    });
    const shuffled = parts.map((part, i) => ({ part, place: (i * 7919 + seed) % 104_729 }))
      .sort((a, b) => a.place - b.place).map(({ part }) => part);
    const merged = mergeRanges(shuffled);
    assertCovers(shuffled, merged);
    merged.slice(1).forEach((next, i) => assert.ok(merged[i]!.end <= next.start));
  }));
});
