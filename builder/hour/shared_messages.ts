import type { ForecastHour } from "../../contract/identity.ts";
import { wantedMessages } from "../frame/frame_input.ts";
import type { Variable } from "../models/model.ts";
import { wantedName } from "../sources/fetch_messages.ts";

/**
 * Groups variables of an hour by the messages that they share: each group can be built by another Worker, and no
 * message is decoded twice. Groups are in the order of their first variable.
 */
export function groupBySharedMessages(variables: readonly Variable[], fh: ForecastHour): Variable[][] {
  const groups: { variables: Variable[]; messages: Set<string> }[] = [];
  for (const variable of variables) {
    const messages = wantedMessages(variable, fh).map(wantedName);
    const [first, ...others] = groups.filter((group) => messages.some((message) => group.messages.has(message)));
    if (!first) {
      groups.push({ variables: [variable], messages: new Set(messages) });
      continue;
    }
    // A variable that needs messages of two groups merges them.
    for (const other of others) {
      first.variables.push(...other.variables);
      other.messages.forEach((message) => first.messages.add(message));
      groups.splice(groups.indexOf(other), 1);
    }
    first.variables.push(variable);
    messages.forEach((message) => first.messages.add(message));
  }
  return groups.map((group) => group.variables);
}
