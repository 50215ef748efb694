import type { Lead } from "../../contract/lead.ts";
import type { DecodedMessage } from "../grib/read_message.ts";
import type { Derivation, PrecipitationMasks } from "./derivation.ts";
import type { MessageSelector } from "../grib/message_selector.ts";
import { accumulate, accumulationTerms } from "./accumulation.ts";
import type { Field } from "../field/field.ts";
import { relativeHumidity } from "./humidity.ts";
import { precipPtype } from "./precip_ptype.ts";
import { type MaskedType, type TypeAt, type TypedIntensity, typeOfCodes, typeOfMasks } from "./precipitation_type.ts";
import { radarPtype } from "./radar_ptype.ts";
import { snowDepth } from "./snow_depth.ts";
import { convertDifference, convertUnits, type DisplayUnit } from "../field/units.ts";
import { absoluteVorticity } from "./vorticity.ts";
import { windDirection, windSpeed } from "./wind.ts";

/** The parts of a decoded message that derivations use. */
export type SourceMessage = Pick<
  DecodedMessage,
  "field" | "unit" | "geometry" | "componentsFollowGrid" | "resolution" | "windowHours"
>;

/** Returns the decoded message of a selector, on the source grid. */
export type MessageReader = (selector: MessageSelector) => SourceMessage;

/** A variable's field, and facts about its derivation for the sidecar. */
export interface Derived {
  readonly field: Field;
  /** Reasons why the field is degraded; empty at full quality. */
  readonly qualityReasons: readonly string[];
  /** Counts and shares from the derivation, by name. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /** Change of a value that packing may cause, in display units; 0 when it is not computed. */
  readonly resolution: number;
  /** Hours of the window that the values are a statistic of; null for an instant, or if the variable's name has it. */
  readonly windowHours: number | null;
}

/** The method of a derivation: the messages it reads for a frame, and the field it computes from them. */
interface DerivationMethod<D extends Derivation> {
  messages(derivation: D, lead: Lead): readonly MessageSelector[];
  derive(derivation: D, read: MessageReader, context: { lead: Lead; units: DisplayUnit }): Derived;
}

/** Packing noise of precipitation totals, in inches: half a millimetre, a few steps of the coarsest packing. */
const PACKING_NOISE_IN = 0.02;

function complete(field: Field, resolution: number, diagnostics: Derived["diagnostics"] = {}): Derived {
  return { field, qualityReasons: [], diagnostics, resolution, windowHours: null };
}

/** All methods. They work on the source grid, and convert from the messages' units to the variable's display units. */
const METHODS: { readonly [T in Derivation["type"]]: DerivationMethod<Extract<Derivation, { type: T }>> } = {
  simple: {
    messages: ({ message }) => [message],
    derive: ({ message }, read, { units }) => {
      const { field, unit, resolution, windowHours } = read(message);
      const derived = complete(convertUnits(field, unit, units), convertDifference(resolution, unit, units));
      return message.statistic === "maximum" ? { ...derived, windowHours } : derived;
    },
  },
  wspd: {
    messages: ({ u, v }) => [u, v],
    derive: ({ u, v }, read, { units }) => {
      const [east, north] = [read(u), read(v)];
      const resolution = convertDifference(east.resolution + north.resolution, east.unit, units);
      return complete(convertUnits(windSpeed(east.field, north.field), east.unit, units), resolution);
    },
  },
  wdir: {
    messages: ({ u, v }) => [u, v],
    derive: ({ u, v }, read, { units }) => {
      const [east, north] = [read(u), read(v)];
      return complete(convertUnits(windDirection(east.field, north.field, east), "degree", units), 0);
    },
  },
  relative_humidity: {
    messages: ({ temperature, dewPoint }) => [temperature, dewPoint],
    derive: ({ temperature, dewPoint }, read, { units }) =>
      complete(convertUnits(relativeHumidity(read(temperature).field, read(dewPoint).field), "%", units), 0),
  },
  radar_ptype: {
    messages: (
      { reflectivity, masks, rate, temperature },
    ) => [reflectivity, ...Object.values(masks), rate, temperature],
    derive: ({ reflectivity, masks, rate, temperature }, read) =>
      typed(
        radarPtype({
          reflectivityDbz: read(reflectivity).field,
          masks: readMasks(masks, read),
          rate: read(rate).field,
          temperatureK: read(temperature).field,
        }),
        "precipitation at the ground",
      ),
  },
  precip_ptype: {
    messages: ({ rate, masks, temperature }) => [rate, ...Object.values(masks), temperature],
    derive: ({ rate, masks, temperature }, read) =>
      typedRate(rate, typeOfMasks(readMasks(masks, read)), temperature, read),
  },
  coded_precip_ptype: {
    messages: ({ rate, code, temperature }) => [rate, code, temperature],
    derive: ({ rate, code, temperature }, read) => typedRate(rate, typeOfCodes(read(code).field), temperature, read),
  },
  accumulation: {
    messages: (derivation, lead) => accumulationTerms(derivation, lead).map(({ selector }) => selector),
    derive: (derivation, read, { lead, units }) => {
      const terms = accumulationTerms(derivation, lead).map(({ selector, sign }) => ({
        sign,
        message: read(selector),
      }));
      const { field, clampedCells } = accumulate(
        terms.map(({ sign, message: { field, unit } }) => ({ sign, field: convertUnits(field, unit, units) })),
        PACKING_NOISE_IN,
      );
      const resolution = terms.reduce(
        (sum, { message }) => sum + convertDifference(message.resolution, message.unit, units),
        0,
      );
      return complete(field, resolution, terms.length > 1 || clampedCells > 0 ? { clamped_cells: clampedCells } : {});
    },
  },
  snow_depth: {
    messages: ({ waterEquivalent, density }) => [waterEquivalent, density],
    derive: ({ waterEquivalent, density }, read, { units }) =>
      complete(convertUnits(snowDepth(waterMass(read(waterEquivalent)), read(density).field), "m", units), 0),
  },
  absolute_vorticity: {
    messages: ({ relative }) => [relative],
    derive: ({ relative }, read, { units }) => {
      const { field, geometry, unit, resolution } = read(relative);
      return complete(
        convertUnits(absoluteVorticity(field, geometry), unit, units),
        convertDifference(resolution, unit, units),
      );
    },
  },
};

/** Returns a water equivalent in kg m-2; ECMWF's local parameter is a depth of water in m. */
function waterMass({ field, unit }: SourceMessage): Field {
  return unit === "m" ? { ...field, values: field.values.map((metres) => metres * 1000) } : field;
}

function readMasks(masks: PrecipitationMasks, read: MessageReader): Readonly<Record<MaskedType, Field>> {
  return {
    "rain": read(masks.rain).field,
    "snow": read(masks.snow).field,
    "ice pellets": read(masks["ice pellets"]).field,
    "freezing rain": read(masks["freezing rain"]).field,
  };
}

function typedRate(
  rate: MessageSelector,
  typeAt: TypeAt,
  temperature: MessageSelector,
  read: MessageReader,
): Derived {
  const { field, unit } = read(rate);
  const rateInH = convertUnits(field, unit, "in/h");
  return typed(precipPtype({ rateInH, typeAt, temperatureK: read(temperature).field }), "precipitation");
}

/** Largest share of inferred types at full quality: at the edges of showers a mask ends one cell before the rate. */
const FEW_GUESSES = 0.001;

/** Returns typed intensities, degraded when temperature had to infer the type in more than a few cells. */
function typed({ field, inferredShare }: TypedIntensity, what: string): Derived {
  const percent = (inferredShare * 100).toFixed(1);
  return {
    field,
    qualityReasons: inferredShare > FEW_GUESSES
      ? [`type inferred from temperature in ${percent} % of the cells with ${what}`]
      : [],
    diagnostics: { inferred_share: inferredShare },
    resolution: 0, // codes are whole numbers
    windowHours: null,
  };
}

function methodOf(derivation: Derivation): DerivationMethod<Derivation> {
  return METHODS[derivation.type] as DerivationMethod<Derivation>;
}

/** Lists the messages that a derivation reads for a frame. */
export function messagesOf(derivation: Derivation, lead: Lead): readonly MessageSelector[] {
  return methodOf(derivation).messages(derivation, lead);
}

/** Computes a variable's field from its messages. @throws RangeError when the messages cannot be combined */
export function derive(
  derivation: Derivation,
  read: MessageReader,
  context: { readonly lead: Lead; readonly units: DisplayUnit },
): Derived {
  return methodOf(derivation).derive(derivation, read, context);
}
