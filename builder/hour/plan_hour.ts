import type { Lead } from "../../contract/lead.ts";
import { type PlannedVariable, planVariable } from "../frame/frame_input.ts";
import type { Variable } from "../models/model.ts";
import { wantedName } from "../sources/fetch_messages.ts";

/** Plans a forecast hour: its variables, each with the messages that it needs. */
export function planHour(variables: readonly Variable[], lead: Lead): PlannedVariable[] {
  return variables.map((variable) => planVariable(variable, lead));
}

/** Orders groups so that no Worker has a long one left when the others are done; groups of one size keep their order. */
export function largestFirst<T>(groups: readonly T[][]): T[][] {
  return groups.toSorted((a, b) => b.length - a.length);
}

/**
 * Groups variables of an hour by the messages that they share: each group can be built by another Worker, and no
 * message is decoded twice. Groups are in the order of their first variable.
 */
export function groupBySharedMessages<T extends PlannedVariable>(planned: readonly T[]): T[][] {
  const groups: { members: T[]; messages: Set<string> }[] = [];
  for (const member of planned) {
    const messages = member.messages.map(wantedName);
    const [first, ...others] = groups.filter((group) => messages.some((message) => group.messages.has(message)));
    if (!first) {
      groups.push({ members: [member], messages: new Set(messages) });
      continue;
    }
    // A variable that needs messages of two groups merges them.
    for (const other of others) {
      first.members.push(...other.members);
      other.messages.forEach((message) => first.messages.add(message));
      groups.splice(groups.indexOf(other), 1);
    }
    first.members.push(member);
    messages.forEach((message) => first.messages.add(message));
  }
  return groups.map((group) => group.members);
}
