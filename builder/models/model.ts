import { cycleTime, type ForecastHour, type ModelId, type RunId, type VarId } from "../../contract/identity.ts";
import type { Kind } from "../../contract/sidecar.ts";
import type { Derivation } from "../fields/derivation.ts";
import type { DisplayUnit } from "../field/units.ts";
import type { MessageSource } from "../grib/read_message.ts";
import type { Palette } from "../style/palette.ts";

/** A model as data: where its files are, what is in them, and how each variable looks. */
export interface Model {
  readonly id: ModelId;
  /** Grid and origin of its messages; one with others is not this model's. */
  readonly messages: MessageSource;
  /** The share of the display grid that the source grid reaches; 1 where it reaches every corner. */
  readonly reachedShare: number;
  /**
   * `verified`: the acquisition check passed on real bytes when the table was written. `unverified`: it has not, and an
   * unattended run is refused until `check-model` passed on the live feed and recorded it.
   */
  readonly feed: "verified" | "unverified";
  readonly cycles: readonly Cycle[];
  readonly layouts: readonly Layout[];
  /** In the order to try them. */
  readonly sources: readonly Source[];
  readonly variables: readonly Variable[];
}

/** A kind of cycle: when it runs, what it gives, and how long after the cycle's hour that is usually there. */
export interface Cycle {
  /** Hours of the day, UTC. */
  readonly utcHours: readonly number[];
  /** Ascending; empty for a cycle that has no hourly files. */
  readonly forecastHours: readonly number[];
  readonly firstFileMinutes: number;
  readonly lastFileMinutes: number;
}

/** Where a product's file of one forecast hour is below a source's base, for cycles in a range of dates. */
export interface Layout {
  readonly product: string;
  /** First UTC date (`YYYY-MM-DD`) of cycles this holds for, and the first it no longer holds for. */
  readonly validFrom: string;
  readonly validTo: string | null;
  /** Only for cycles at these hours; for all when not given. */
  readonly utcHours?: readonly number[];
  /** With `{YYYYMMDD}`, `{HH}`, and the forecast hour as `{F}`, `{FF}` or `{FFF}`. */
  readonly template: string;
  readonly index: IndexFormat;
}

/** `ncep`: `<file>.idx`, lines of wgrib2. `ecmwf`: `.index` in place of `.grib2`, JSON lines. */
export type IndexFormat = "ncep" | "ecmwf";

/** A mirror of the model's files. */
export interface Source {
  readonly id: string;
  /** Ends in `/`; the layout's path follows. */
  readonly baseUrl: string;
  /** First UTC date of cycles it keeps, where that is not the beginning. */
  readonly validFrom?: string;
  /** What its host asks of a client; no limit but our own when not given. */
  readonly requestsPerMinute?: number;
}

/** What a variable is, wherever it comes from: its name, its unit and its looks. */
export interface VariableDefinition {
  readonly id: VarId;
  readonly name: string;
  readonly group: string;
  readonly units: DisplayUnit;
  readonly kind: Kind;
  /** Decimals of a shown value. */
  readonly precision: number;
  readonly palette: Palette;
  /** Mostly nothing to draw (no echo, no rain): the gate on the picture's coverage does not apply. */
  readonly sparse?: boolean;
  /** What nature can do, in display units; by default the encoding range and a fifth of it on either side. */
  readonly physicalRange?: readonly [number, number];
  /**
   * A cell that stands out from all eight around it by more than this, in display units, is damage and not weather; not
   * given where single cells may differ by anything, as echoes do.
   */
  readonly maxSpike?: number;
  readonly contours?: readonly ContourSpec[];
}

/** A variable of a model: one entry of its table. */
export interface Variable extends VariableDefinition {
  /** Which of the model's files has its messages. */
  readonly product: string;
  readonly derivation: Derivation;
  /** A run is promoted once its primary variables have their first hours. */
  readonly primary?: boolean;
  /** First and last forecast hour that have it: an accumulation has none at hour 0. */
  readonly firstHour?: number;
  readonly lastHour?: number;
}

/** Lines of equal value on a variable's map. */
export interface ContourSpec {
  /** Name in the URL: letters, digits and `_`. */
  readonly key: string;
  /** In `units`: these, or every multiple of a step. */
  readonly levels: readonly number[] | { readonly every: number };
  readonly units: DisplayUnit;
  /** Of another field than the variable's own: heights on a map of vorticity. */
  readonly of?: {
    readonly product: string;
    readonly derivation: Derivation;
    /** What nature can do, in `units`. */
    readonly physicalRange: readonly [number, number];
  };
}

/** The kind of cycle a run is of, or null when the model has no cycle at that hour. */
export function cycleOf(model: Model, run: RunId): Cycle | null {
  const hour = cycleTime(run).getUTCHours();
  return model.cycles.find(({ utcHours }) => utcHours.includes(hour)) ?? null;
}

/** The forecast hours of a run, ascending; none when the model has no hourly files at that cycle. */
export function forecastHours(model: Model, run: RunId): readonly ForecastHour[] {
  return (cycleOf(model, run)?.forecastHours ?? []) as readonly ForecastHour[];
}

/** The forecast hours of a run that a variable has. */
export function variableHours(model: Model, variable: Variable, run: RunId): readonly ForecastHour[] {
  const { firstHour = 0, lastHour = Infinity } = variable;
  return forecastHours(model, run).filter((fh) => fh >= firstHour && fh <= lastHour);
}

/** Whole hours from `first` to `last`, `step` apart, as a model's table lists them. */
export function hourRange(first: number, last: number, step = 1): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

/** How many frames a run has: of these variables and hours, or of all. */
export function expectedFrames(
  model: Model,
  run: RunId,
  variables: readonly Variable[] = model.variables,
  hours: readonly number[] = forecastHours(model, run),
): number {
  return variables.reduce(
    (sum, variable) => sum + variableHours(model, variable, run).filter((fh) => hours.includes(fh)).length,
    0,
  );
}
