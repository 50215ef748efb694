import type { Derivation, MessageSelector } from "../models/model.ts";
import type { Field } from "./field.ts";
import { radarPtype } from "./radar_ptype.ts";
import { convertUnits } from "./units.ts";
import { windSpeed } from "./wind_speed.ts";

/** Gives the decoded message a selector asks for: SI units, source grid. */
export type MessageReader = (selector: MessageSelector) => Field;

/** A variable's field, and what a reader should know of how it came to be. */
export interface Derived {
  readonly field: Field;
  /** Why the field is less than it could be; empty at full quality. */
  readonly shortcomings: readonly string[];
}

/** One way to make a variable: the messages it reads, and the field it makes of them. */
interface DerivationMethod<D extends Derivation> {
  messages(derivation: D): readonly MessageSelector[];
  derive(derivation: D, read: MessageReader): Derived;
}

function complete(field: Field): Derived {
  return { field, shortcomings: [] };
}

/** All of them: on the source grid, SI units in, the variable's display units out. */
const METHODS: { readonly [T in Derivation["type"]]: DerivationMethod<Extract<Derivation, { type: T }>> } = {
  simple: {
    messages: ({ message }) => [message],
    derive: ({ message, from, to }, read) => complete(convertUnits(read(message), from, to)),
  },
  wspd: {
    messages: ({ u, v }) => [u, v],
    derive: ({ u, v, from, to }, read) => complete(convertUnits(windSpeed(read(u), read(v)), from, to)),
  },
  radar_ptype: {
    messages: ({ reflectivity, masks, temperature }) => [reflectivity, ...Object.values(masks), temperature],
    derive: ({ reflectivity, masks, temperature }, read) => {
      const { field, inferredShare } = radarPtype({
        reflectivityDbz: read(reflectivity),
        masks: {
          "rain": read(masks.rain),
          "snow": read(masks.snow),
          "ice pellets": read(masks["ice pellets"]),
          "freezing rain": read(masks["freezing rain"]),
        },
        temperatureK: read(temperature),
      });
      const percent = (inferredShare * 100).toFixed(1);
      return {
        field,
        shortcomings: inferredShare > 0
          ? [`type inferred from temperature in ${percent} % of the cells with an echo`]
          : [],
      };
    },
  },
};

function methodOf(derivation: Derivation): DerivationMethod<Derivation> {
  return METHODS[derivation.type] as DerivationMethod<Derivation>;
}

/** The messages a derivation reads. */
export function messagesOf(derivation: Derivation): readonly MessageSelector[] {
  return methodOf(derivation).messages(derivation);
}

export function derive(derivation: Derivation, read: MessageReader): Derived {
  return methodOf(derivation).derive(derivation, read);
}
