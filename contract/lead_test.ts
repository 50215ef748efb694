import assert from "node:assert/strict";
import fc from "fast-check";
import { HOSTILE_TEXTS } from "../tests/support/hostile_texts.ts";
import {
  compareLeads,
  FRAME_SHAPE,
  frameTextSchema,
  hourCeiling,
  hourlyLeads,
  leadBefore,
  leadFields,
  leadMs,
  leadName,
  leadOf,
  leadOfHours,
  leadOfMinutes,
  leadText,
  leadWords,
  namesFrame,
  parseLead,
  wholeHours,
} from "./lead.ts";
import * as z from "zod";

const ALL_MINUTES = 1000 * 60;
const lead = (text: string) => leadOf({ frame: frameTextSchema.parse(text) });

Deno.test("each lead time has one text and one name, and both differ from all others", () => {
  const texts = new Set<string>();
  const names: string[] = [];
  for (let minutes = 0; minutes < ALL_MINUTES; minutes++) {
    const each = leadOfMinutes(minutes);
    assert.equal(parseLead(leadText(each)), each);
    texts.add(leadText(each));
    names.push(leadName(each));
  }
  assert.equal(texts.size, ALL_MINUTES);
  assert.equal(new Set(names).size, ALL_MINUTES);
});

Deno.test("leadText(), leadName() and leadWords() write whole hours without minutes", () => {
  assert.deepEqual([leadText(lead("3")), leadName(lead("3")), leadWords(lead("3"))], ["3", "fh003", "3 h"]);
  assert.deepEqual([leadText(lead("3m05")), leadName(lead("3m05")), leadWords(lead("3m05"))], [
    "3m05",
    "fh003m05",
    "3 h 5 min",
  ]);
});

Deno.test("parseLead() accepts one form only", () => {
  const others = [
    "003",
    "1e3",
    "1000",
    "-1",
    "+1",
    "1.0",
    "",
    " 1",
    "1 ",
    "0x1",
    "١",
    "1\n",
    "3m",
    "3m0",
    "3m00",
    "3m5",
  ];
  for (
    const text of [...others, "3m60", "03m15", "m15", "3M15", "3m15 ", "3m150", "3m-1", "1000m01", ...HOSTILE_TEXTS]
  ) {
    assert.equal(parseLead(text), null, JSON.stringify(text.slice(0, 40)));
    assert.equal(frameTextSchema.safeParse(text).success, false);
  }
});

Deno.test("parseLead() returns a lead time only for the text that it is written as", () => {
  const near = fc.stringMatching(/^[0-9m]{0,8}$/);
  fc.assert(fc.property(fc.oneof(near, fc.string({ unit: "binary", maxLength: 12 })), (text) => {
    const parsed = parseLead(text);
    if (parsed !== null) assert.equal(leadText(parsed), text);
  }));
});

Deno.test("leadOfMinutes() and leadOfHours() refuse numbers that are no lead time", () => {
  for (const minutes of [-1, 0.5, NaN, Infinity, ALL_MINUTES]) assert.throws(() => leadOfMinutes(minutes), RangeError);
  for (const hours of [-1, 0.5, 0.25, 1000]) assert.throws(() => leadOfHours(hours), RangeError);
  assert.throws(() => leadBefore(lead("0m15"), 16), RangeError);
});

Deno.test("lead times are compared and subtracted in minutes", () => {
  const sorted = ["0", "0m15", "0m45", "1", "9", "9m30", "10"].map(lead);
  assert.deepEqual(sorted.toReversed().sort(compareLeads), sorted);
  assert.equal(leadBefore(lead("3m15"), 30), lead("2m45"));
  assert.equal(leadMs(lead("1m30")), 5_400_000);
  assert.deepEqual(hourlyLeads(0, 12, 6), ["0", "6", "12"].map(lead));
});

Deno.test("wholeHours() is null between hours, and hourCeiling() is the hour that ends there", () => {
  assert.deepEqual([wholeHours(lead("2")), wholeHours(lead("2m15"))], [2, null]);
  assert.deepEqual(["0", "0m15", "1", "1m15"].map((text) => hourCeiling(lead(text))), [0, 1, 1, 2]);
});

const entrySchema = namesFrame(z.object(FRAME_SHAPE));

Deno.test("leadFields() writes fh for whole hours only, and namesFrame() reads it back", () => {
  assert.deepEqual(leadFields(lead("3")), { frame: "3", fh: 3 });
  assert.deepEqual(leadFields(lead("3m15")), { frame: "3m15" });
  for (const text of ["0", "3", "3m15"]) assert.equal(leadOf(entrySchema.parse(leadFields(lead(text)))), lead(text));
});

Deno.test("namesFrame() reads entries that have only fh, and refuses those whose fh and frame differ", () => {
  assert.deepEqual(entrySchema.parse({ fh: 12 }), { frame: "12", fh: 12 });
  const refused = [{}, { fh: 1.5 }, { fh: -1 }, { fh: "3" }, { fh: 1000 }, { frame: "3", fh: 4 }, {
    frame: "3m15",
    fh: 3,
  }];
  for (const entry of refused) assert.equal(entrySchema.safeParse(entry).success, false, JSON.stringify(entry));
});
