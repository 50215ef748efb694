import type { Derivation, MessageSelector } from "../models/model.ts";
import type { Field } from "./field.ts";
import { convertUnits } from "./units.ts";

/** Gives the decoded message a selector asks for: SI units, source grid. */
export type MessageReader = (selector: MessageSelector) => Field;

type Derive<D extends Derivation> = (derivation: D, read: MessageReader) => Field;

/** How each derivation turns decoded messages into the variable's field, on the source grid and in display units. */
const DERIVATIONS: { readonly [T in Derivation["type"]]: Derive<Extract<Derivation, { type: T }>> } = {
  simple: ({ message, from, to }, read) => convertUnits(read(message), from, to),
};

export function derive(derivation: Derivation, read: MessageReader): Field {
  return DERIVATIONS[derivation.type](derivation, read);
}

/** The messages a derivation reads. */
export function messagesOf(derivation: Derivation): readonly MessageSelector[] {
  return [derivation.message];
}
