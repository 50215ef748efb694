import type { MessageSelector } from "../grib/message_selector.ts";
import type { GribElement, GribLevel } from "../grib/parameters.ts";
import type { MaskedType } from "./precipitation_type.ts";

/** The derivation of a variable. Its messages have the units of their parameters, its result that of the variable. */
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
    /** Rate at the ground: an echo is aloft where the rate is zero and no mask is set. */
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
    /** The same as `precip_ptype`, with one field of type codes instead of masks. */
    readonly type: "coded_precip_ptype";
    readonly rate: MessageSelector;
    readonly code: MessageSelector;
    readonly temperature: MessageSelector;
  }
  | {
    readonly type: "accumulation";
    readonly element: GribElement;
    readonly level: GribLevel;
    /** The length of the window that ends at the valid time in minutes, or `run` for all since the start of the run. */
    readonly windowMinutes: number | "run";
    /** Minutes after which the totals in the files begin again at zero; `never` for totals since the start of the run. */
    readonly resetEveryMinutes: number | "never";
  }
  | { readonly type: "snow_depth"; readonly waterEquivalent: MessageSelector; readonly density: MessageSelector }
  | { readonly type: "absolute_vorticity"; readonly relative: MessageSelector };

export type PrecipitationMasks = Readonly<Record<MaskedType, MessageSelector>>;
