import assert from "node:assert/strict";
import { modelIdSchema, runIdSchema } from "../../contract/identity.ts";
import { leadOfHours, parseLead } from "../../contract/lead.ts";
import { HOSTILE_TEXTS } from "../../tests/support/hostile_texts.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { parseLeads, parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { UsageError } from "./usage_error.ts";

const hours = (...all: number[]) => all.map(leadOfHours);
const TO_18 = hours(...Array.from({ length: 19 }, (_, hour) => hour));
/** Hours of a model whose later hours are three and six hours apart. */
const SPARSE = hours(0, 3, 6, 9, 12, 144, 150, 156, 360);

function refuses(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("parseLeads() returns all hours in a new array when none are named", () => {
  const given = parseLeads(undefined, SPARSE);
  assert.deepEqual(given, SPARSE);
  assert.notEqual(given, SPARSE);
  assert.deepEqual(parseLeads(undefined, []), []);
});

Deno.test("parseLeads() reads hours and ranges, ends included", () => {
  assert.deepEqual(parseLeads("0", TO_18), hours(0));
  assert.deepEqual(parseLeads("18", TO_18), hours(18));
  assert.deepEqual(parseLeads("0-18", TO_18), TO_18);
  assert.deepEqual(parseLeads("3-5", TO_18), hours(3, 4, 5));
  assert.deepEqual(parseLeads("7-7", TO_18), hours(7));
  assert.deepEqual(parseLeads("0,3,6-9", TO_18), hours(0, 3, 6, 7, 8, 9));
});

Deno.test("parseLeads() returns each hour once and in order when the text repeats and mixes them", () => {
  assert.deepEqual(parseLeads("9,3,3-5,4-6,0", TO_18), hours(0, 3, 4, 5, 6, 9));
});

Deno.test("parseLeads() returns the named hours that are available", () => {
  assert.deepEqual(parseLeads("0-12", SPARSE), hours(0, 3, 6, 9, 12));
  assert.deepEqual(parseLeads("1-5,140-155", SPARSE), hours(3, 144, 150));
  assert.deepEqual(parseLeads("12-999", TO_18), hours(12, 13, 14, 15, 16, 17, 18));
});

Deno.test("parseLeads() reads frames between whole hours", () => {
  const quarters = ["0m15", "0m30", "0m45", "1", "1m15"].map((text) => parseLead(text)!);
  assert.deepEqual(parseLeads("0m30-1", quarters), quarters.slice(1, 4));
  assert.deepEqual(parseLeads("0-999m59", quarters), quarters);
});

Deno.test("parseLeads() refuses a text when no named hour is available", () => {
  refuses(() => parseLeads("19", TO_18), /^--fhs "19": the run has forecast hours 0 to 18$/);
  refuses(() => parseLeads("1-2,4-5", SPARSE), /^--fhs "1-2,4-5": the run has forecast hours 0 to 360$/);
});

Deno.test("parseLeads() refuses a text when any part of it cannot be read", () => {
  const unreadable = [
    "",
    ",",
    "1,",
    ",1",
    "1,,2",
    "a",
    "1-",
    "-1",
    "--1",
    "1-2-3",
    "5-3",
    "01",
    "00",
    "1-02",
    "1000",
    "0-1000",
    "1.5",
    "1e1",
    "+1",
    " 1",
    "1 ",
    "1 - 2",
    "1;2",
    "1\n",
    "0x1",
    "Infinity",
    "١",
    "0-18,x",
    "0-18,5-3",
  ];
  for (const text of unreadable) {
    refuses(() => parseLeads(text, TO_18), /^--fhs "[^]*": expected frames and ranges such as 0,3,6-12 or 0-2m45$/);
  }
  for (const text of HOSTILE_TEXTS) assert.throws(() => parseLeads(text, TO_18), UsageError);
});

Deno.test("parseNeeded() returns the value that the schema parses", () => {
  assert.equal(parseNeeded("model", modelIdSchema, "hrrr"), "hrrr");
  assert.equal(parseNeeded("run", runIdSchema, "20260217_06z"), "20260217_06z");
});

Deno.test("parseNeeded() names the option that is missing", () => {
  refuses(() => parseNeeded("model", modelIdSchema, undefined), /^--model is required$/);
});

Deno.test("parseNeeded() names the option, its value and the accepted values", () => {
  refuses(() => parseNeeded("model", modelIdSchema, "HRRR"), /^--model "HRRR": expected a model id such as hrrr$/);
  refuses(() => parseNeeded("model", modelIdSchema, ""), /^--model "": expected a model id such as hrrr$/);
  refuses(
    () => parseNeeded("run", runIdSchema, "20260230_06z"),
    /^--run "20260230_06z": expected a UTC cycle such as 20260217_06z$/,
  );
  for (const text of HOSTILE_TEXTS) assert.throws(() => parseNeeded("run", runIdSchema, text), UsageError);
});

Deno.test("rootsOf() returns roots below the folder of the option, or else the configured roots", () => {
  const configured = { ...rootsBelow("/srv/data"), published: "/mnt/published" };
  assert.equal(rootsOf(undefined, configured), configured);
  assert.deepEqual(rootsOf("/mnt/data", configured), rootsBelow("/mnt/data"));
  assert.deepEqual(rootsOf(".", configured), rootsBelow("."));
});

Deno.test("rootsOf() refuses an empty name, which would be the working directory", () => {
  refuses(() => rootsOf("", rootsBelow("/srv/data")), /^--data-root is empty: expected a folder$/);
});

const OPTIONS = { model: { type: "string" }, json: { type: "boolean" } } as const;

Deno.test("parseOptions() reads a command's options in either form", () => {
  assert.deepEqual({ ...parseOptions([], OPTIONS) }, {});
  assert.deepEqual({ ...parseOptions(["--model", "hrrr", "--json"], OPTIONS) }, { model: "hrrr", json: true });
  assert.deepEqual({ ...parseOptions(["--model="], OPTIONS) }, { model: "" });
  assert.deepEqual({ ...parseOptions(["--model", "gfs", "--model=hrrr"], OPTIONS) }, { model: "hrrr" });
});

Deno.test("parseOptions() refuses options that the command does not have", () => {
  refuses(() => parseOptions(["--modle", "hrrr"], OPTIONS), /Unknown option '--modle'/);
  refuses(() => parseOptions(["hrrr"], OPTIONS), /Unexpected argument 'hrrr'/);
  refuses(() => parseOptions(["--model"], OPTIONS), /'--model <value>' argument missing/);
  refuses(() => parseOptions(["--json=yes"], OPTIONS), /'--json' does not take an argument/);
});
