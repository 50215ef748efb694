import type { Derivation, MessageSelector } from "../models/model.ts";
import type { Field } from "./field.ts";
import { convertUnits } from "./units.ts";
import { windSpeed } from "./wind_speed.ts";

/** Gives the decoded message a selector asks for: SI units, source grid. */
export type MessageReader = (selector: MessageSelector) => Field;

/** One way to make a variable: the messages it reads, and the field it makes of them. */
interface DerivationMethod<D extends Derivation> {
  messages(derivation: D): readonly MessageSelector[];
  derive(derivation: D, read: MessageReader): Field;
}

/** All of them: on the source grid, SI units in, the variable's display units out. */
const METHODS: { readonly [T in Derivation["type"]]: DerivationMethod<Extract<Derivation, { type: T }>> } = {
  simple: {
    messages: ({ message }) => [message],
    derive: ({ message, from, to }, read) => convertUnits(read(message), from, to),
  },
  wspd: {
    messages: ({ u, v }) => [u, v],
    derive: ({ u, v, from, to }, read) => convertUnits(windSpeed(read(u), read(v)), from, to),
  },
};

function methodOf(derivation: Derivation): DerivationMethod<Derivation> {
  return METHODS[derivation.type] as DerivationMethod<Derivation>;
}

/** The messages a derivation reads. */
export function messagesOf(derivation: Derivation): readonly MessageSelector[] {
  return methodOf(derivation).messages(derivation);
}

export function derive(derivation: Derivation, read: MessageReader): Field {
  return methodOf(derivation).derive(derivation, read);
}
