import type { MessageSelector } from "../grib/message_selector.ts";
import type { MaskedType } from "./precipitation_type.ts";

/** How a variable is made from messages. Units of messages belong to their parameter, those of the result to the variable. */
export type Derivation =
  | { readonly type: "simple"; readonly message: MessageSelector }
  | { readonly type: "wspd"; readonly u: MessageSelector; readonly v: MessageSelector }
  | { readonly type: "wdir"; readonly u: MessageSelector; readonly v: MessageSelector }
  | {
    readonly type: "relative_humidity";
    readonly temperature: MessageSelector;
    readonly dewPoint: MessageSelector;
  }
  | {
    readonly type: "radar_ptype";
    readonly reflectivity: MessageSelector;
    readonly masks: PrecipitationMasks;
    /** At the ground: where none falls and no mask is set, an echo is aloft. */
    readonly rate: MessageSelector;
    readonly temperature: MessageSelector;
  }
  | {
    readonly type: "precip_ptype";
    readonly rate: MessageSelector;
    readonly masks: PrecipitationMasks;
    readonly temperature: MessageSelector;
  }
  | {
    /** As `precip_ptype`, with one field of type codes in place of masks. */
    readonly type: "coded_precip_ptype";
    readonly rate: MessageSelector;
    readonly code: MessageSelector;
    readonly temperature: MessageSelector;
  }
  | {
    readonly type: "accumulation";
    readonly element: string;
    readonly level: string;
    /** The window that ends at the valid time, or all since the start of the run. */
    readonly hours: number | "run";
    /** What the files hold: a total since the start of the run, or one that begins anew every so many hours. */
    readonly resetEveryHours: number | "never";
  }
  | { readonly type: "snow_depth"; readonly waterEquivalent: MessageSelector; readonly density: MessageSelector }
  | { readonly type: "absolute_vorticity"; readonly relative: MessageSelector };

export type PrecipitationMasks = Readonly<Record<MaskedType, MessageSelector>>;
