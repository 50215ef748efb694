import type { ForecastHour, ModelId, RunId, VarId } from "../../contract/identity.ts";
import type { Kind } from "../../contract/sidecar.ts";
import type { PrecipitationType } from "../fields/radar_ptype.ts";
import type { DisplayUnit, SourceUnit } from "../fields/units.ts";
import type { Palette } from "../style/palette.ts";

/** A model as data: where its files are, what is in them, and how each variable looks. */
export interface Model {
  readonly id: ModelId;
  /** Shape of the source grid; a message of another shape is not this model's. */
  readonly sourceGrid: { readonly width: number; readonly height: number };
  /** Whether the source grid reaches every corner of the coverage. */
  readonly fillsCoverage: boolean;
  /** Forecast hours of a cycle, ascending. */
  forecastHours(run: RunId): readonly ForecastHour[];
  readonly layouts: readonly Layout[];
  /** In the order to try them. */
  readonly sources: readonly Source[];
  readonly variables: readonly Variable[];
}

/** Where a product's file of one forecast hour is below a source's base, for cycles in a range of dates. */
export interface Layout {
  readonly product: string;
  /** First UTC date (`YYYY-MM-DD`) of cycles this holds for, and the first it no longer holds for. */
  readonly validFrom: string;
  readonly validTo: string | null;
  /** With `{YYYYMMDD}`, `{HH}`, `{FF}` and `{FFF}`. */
  readonly template: string;
}

/** A mirror of the model's files. */
export interface Source {
  readonly id: string;
  /** Ends in `/`; the layout's path follows. */
  readonly baseUrl: string;
  /** First UTC date of cycles it keeps, where that is not the beginning. */
  readonly validFrom?: string;
}

export interface Variable {
  readonly id: VarId;
  readonly name: string;
  readonly group: string;
  readonly units: DisplayUnit;
  readonly kind: Kind;
  /** Decimals of a shown value. */
  readonly precision: number;
  readonly product: string;
  readonly derivation: Derivation;
  readonly palette: Palette;
  /** A run is promoted once its primary variables have their first hours. */
  readonly primary?: boolean;
  /** Mostly nothing to draw (no echo, no rain): the gate on the picture's coverage does not apply. */
  readonly sparse?: boolean;
  /** First forecast hour that has it: an accumulation has none at hour 0. */
  readonly firstHour?: number;
  /** What nature can do, in display units; by default the encoding range and a fifth of it on either side. */
  readonly physicalRange?: readonly [number, number];
}

/** How a variable is made from messages. */
export type Derivation =
  | {
    readonly type: "simple";
    readonly message: MessageSelector;
    readonly from: SourceUnit;
    readonly to: DisplayUnit;
  }
  | {
    readonly type: "radar_ptype";
    readonly reflectivity: MessageSelector;
    readonly masks: Readonly<Record<PrecipitationType, MessageSelector>>;
    readonly temperature: MessageSelector;
  }
  | {
    readonly type: "wspd";
    readonly u: MessageSelector;
    readonly v: MessageSelector;
    readonly from: SourceUnit;
    readonly to: DisplayUnit;
  };

/** One GRIB message, by what it means and never by its number. Words are those of the NCEP inventory. */
export type MessageSelector =
  & { readonly element: string; readonly level: string }
  & (
    | { readonly statistic: "instant" }
    /** `hours` before the valid time, or since the start of the run. */
    | { readonly statistic: "accumulation"; readonly hours: number | "run" }
  );

/** A field at the valid time. */
export function instant(element: string, level: string): MessageSelector {
  return { element, level, statistic: "instant" };
}

/** The forecast hours of a cycle that a variable has. */
export function variableHours(model: Model, variable: Variable, run: RunId): readonly ForecastHour[] {
  return model.forecastHours(run).filter((fh) => fh >= (variable.firstHour ?? 0));
}

export function selectorName(selector: MessageSelector): string {
  const window = selector.statistic === "instant"
    ? ""
    : `:${selector.hours === "run" ? "run total" : `${selector.hours} h`}`;
  return `${selector.element}:${selector.level}${window}`;
}

/** The hours after the cycle that a message is about, at a forecast hour: both the same for an instant. */
export function selectorWindow(selector: MessageSelector, fh: number): { startHour: number; endHour: number } {
  if (selector.statistic === "instant") return { startHour: fh, endHour: fh };
  return { startHour: selector.hours === "run" ? 0 : fh - selector.hours, endHour: fh };
}
