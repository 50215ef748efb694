import assert from "node:assert/strict";
import type { VarId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { wantedMessages } from "../frame/frame_input.ts";
import { hrrr } from "../models/hrrr.ts";
import { instant } from "../grib/message_selector.ts";
import type { GribElement } from "../grib/parameters.ts";
import type { Variable } from "../models/model.ts";
import type { Derivation } from "../derive/derivation.ts";
import { MODELS } from "../models/registry.ts";
import { TMP2M } from "../models/variables.ts";
import { wantedName } from "../sources/fetch_messages.ts";
import { groupBySharedMessages, largestFirst, planHour } from "./plan_hour.ts";

const FH = leadOfHours(6);

/** Makes a variable from one or two messages. */
function variable(id: string, [first, second]: readonly string[], product = "sfc"): Variable {
  const message = (element: string) => instant(element as GribElement, "surface");
  const derivation: Derivation = second === undefined
    ? { type: "simple", message: message(first!) }
    : { type: "wspd", u: message(first!), v: message(second) };
  const { contours: _, ...look } = TMP2M;
  return { ...look, id: id as VarId, product, derivation };
}

const groups = (...variables: Variable[]) =>
  groupBySharedMessages(planHour(variables, FH)).map((group) => group.map(({ variable }) => variable.id).join(" "));

Deno.test("groupBySharedMessages() returns no groups when there are no variables", () => {
  assert.deepEqual(groupBySharedMessages([]), []);
});

Deno.test("groupBySharedMessages() separates variables that share no message", () => {
  assert.deepEqual(groups(variable("a", ["T"]), variable("b", ["U", "V"]), variable("c", ["R"])), ["a", "b", "c"]);
});

Deno.test("groupBySharedMessages() groups variables that share a message, in their original order", () => {
  assert.deepEqual(
    groups(variable("a", ["U", "V"]), variable("b", ["T"]), variable("c", ["V", "W"]), variable("d", ["W"])),
    ["a c d", "b"],
  );
  assert.deepEqual(groups(variable("a", ["T"]), variable("b", ["T"])), ["a b"]);
});

Deno.test("groupBySharedMessages() merges two groups when a variable needs messages of both", () => {
  assert.deepEqual(groups(variable("a", ["T"]), variable("b", ["R"]), variable("c", ["T", "R"])), ["a b c"]);
  // The merged group keeps the place of its first part; the groups between come after it.
  assert.deepEqual(
    groups(
      variable("a", ["T"]),
      variable("b", ["R"]),
      variable("c", ["S"]),
      variable("d", ["P"]),
      variable("e", ["S", "T"]),
      variable("f", ["R"]),
      variable("g", ["S"]),
    ),
    ["a c e g", "b f", "d"],
  );
});

Deno.test("groupBySharedMessages() merges a chain of variables into one group", () => {
  assert.deepEqual(
    groups(
      variable("a", ["A"]),
      variable("b", ["B"]),
      variable("c", ["C"]),
      variable("d", ["B", "C"]),
      variable("e", ["A", "B"]),
    ),
    ["a b c d e"],
  );
});

Deno.test("groupBySharedMessages() knows all messages of a group that it merged from two", () => {
  assert.deepEqual(
    groups(variable("a", ["A"]), variable("b", ["B", "X"]), variable("c", ["A", "B"]), variable("d", ["X"])),
    ["a b c d"],
  );
});

Deno.test("groupBySharedMessages() treats the same message of another product as a different one", () => {
  assert.deepEqual(groups(variable("a", ["T"]), variable("b", ["T"], "prs")), ["a", "b"]);
});

Deno.test("groupBySharedMessages() counts messages that only contours are made from", () => {
  const heights: Derivation = { type: "simple", message: instant("HGT", "500 mb") };
  const withLines: Variable = {
    ...variable("a", ["T"]),
    contours: [{
      key: "every60m",
      levels: { every: 6 },
      units: "dam",
      of: { derivation: heights, physicalRange: [440, 620] },
    }],
  };
  assert.deepEqual(groups(withLines, { ...variable("b", []), derivation: heights }), ["a b"]);
});

Deno.test("groupBySharedMessages() distinguishes windows of one element", () => {
  const rain = (id: string, hours: number | "run"): Variable => ({
    ...variable(id, []),
    derivation: {
      type: "accumulation",
      element: "APCP",
      level: "surface",
      windowMinutes: hours === "run" ? hours : hours * 60,
      resetEveryMinutes: "never",
    },
  });
  const message: Derivation = {
    type: "simple",
    message: { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: 60 },
  };
  // An hour as the difference of two run totals shares one of the totals; an hour with a message of its own shares
  // none.
  assert.deepEqual(groups(rain("apcp", "run"), rain("apcp1h", 1)), ["apcp apcp1h"]);
  assert.deepEqual(groups(rain("apcp", "run"), { ...variable("apcp1h", []), derivation: message }), ["apcp", "apcp1h"]);
});

Deno.test("largestFirst() keeps the order of groups of one size", () => {
  assert.deepEqual(largestFirst([["a"], ["b", "c"], ["d"], ["e", "f"]]), [["b", "c"], ["e", "f"], ["a"], ["d"]]);
});

Deno.test("groupBySharedMessages() does not change its arguments", () => {
  const planned = planHour([variable("a", ["T"]), variable("b", ["R"]), variable("c", ["T", "R"])], FH);
  const before = structuredClone(planned.map(({ variable: { id }, messages }) => ({ id, messages })));
  groupBySharedMessages(planned);
  assert.deepEqual(planned.map(({ variable: { id }, messages }) => ({ id, messages })), before);
});

for (const model of MODELS) {
  Deno.test(`groupBySharedMessages() puts every variable of ${model.id} into one group, and no message into two`, () => {
    const planned = groupBySharedMessages(planHour(model.variables, FH));
    const grouped = planned.map((group) => group.map(({ variable }) => variable));
    assert.deepEqual(grouped.flat().map(({ id }) => id).sort(), model.variables.map(({ id }) => id).sort());
    assert.ok(grouped.every((group) => group.length > 0));
    const owner = new Map<string, number>();
    grouped.forEach((group, i) => {
      for (const message of group.flatMap((variable) => wantedMessages(variable, FH)).map(wantedName)) {
        assert.equal(owner.get(message) ?? i, i, message);
        owner.set(message, i);
      }
    });
    assert.ok(owner.size > model.variables.length / 2);
    // Groups are in the order of their first variables.
    const place = (variable: Variable) => model.variables.indexOf(variable);
    const firsts = grouped.map((group) => Math.min(...group.map(place)));
    assert.deepEqual(firsts, firsts.toSorted((a, b) => a - b));
  });
}

Deno.test("groupBySharedMessages() splits an hour of HRRR into at least 8 groups, so that several Workers have work", () => {
  const grouped = groupBySharedMessages(planHour(hrrr.variables, FH)).map((group) =>
    group.map(({ variable }) => variable.id)
  );
  assert.ok(grouped.length >= 8, `${grouped.length} groups`);
  const of = (id: string) => grouped.findIndex((group) => group.includes(id as VarId));
  assert.equal(of("wspd10m"), of("wdir10m"));
  assert.equal(of("refc"), of("radar_ptype"));
  assert.equal(of("radar_ptype"), of("tmp2m"));
  assert.equal(of("vort500"), of("hgt500"));
  assert.notEqual(of("tmp2m"), of("wspd10m"));
});
