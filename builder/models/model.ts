import { cycleTime, type ModelId, type RunId, type VarId } from "../../contract/identity.ts";
import { compareLeads, type Lead } from "../../contract/lead.ts";
import type { Kind } from "../../contract/sidecar.ts";
import type { Derivation } from "../derive/derivation.ts";
import type { DisplayUnit } from "../field/units.ts";
import type { MessageSource } from "../grib/read_message.ts";
import type { Palette } from "../style/palette.ts";

/** A model as data: the places of its files, their content, and the style of each variable. */
export interface Model {
  readonly id: ModelId;
  /** Grid and origin of its messages; a message with others is not from this model. */
  readonly messages: MessageSource;
  /** Share of the display grid that the source grid reaches; 1 when it reaches every corner. */
  readonly reachedShare: number;
  /**
   * `verified`: the acquisition check passed on real bytes when the table was written. `unverified`: it has not, and an
   * unattended run is refused until `check-model` has passed on the live feed and recorded it.
   */
  readonly feed: "verified" | "unverified";
  readonly cycles: readonly Cycle[];
  readonly layouts: readonly Layout[];
  /** Sources in the order to try them. */
  readonly sources: readonly Source[];
  readonly variables: readonly Variable[];
}

/**
 * A kind of cycle: its hours of the day, its lead times, and the usual delay of its files after the cycle's hour.
 */
export interface Cycle {
  /** Hours of the day, UTC. */
  readonly utcHours: readonly number[];
  /** Lead times of its frames, ascending; empty for a cycle that is not used. */
  readonly leads: readonly Lead[];
  readonly firstFileMinutes: number;
  readonly lastFileMinutes: number;
}

/** Path of a product's file of a frame, relative to a source's base URL, for cycles in a range of dates. */
export interface Layout {
  readonly product: string;
  /** First UTC date (`YYYY-MM-DD`) of the cycles that the layout is valid for, and the first date after them. */
  readonly validFrom: string;
  readonly validTo: string | null;
  /** Hours of the cycles that the layout is valid for; all cycles when not given. */
  readonly utcHours?: readonly number[];
  /** Path with `{YYYYMMDD}`, `{HH}`, and the forecast hour as `{F}`, `{FF}` or `{FFF}`. */
  readonly template: string;
  /** `hour`: the file of an hour holds all frames after the hour before, up to its own. By default it holds one frame. */
  readonly holds?: "hour";
  readonly index: IndexFormat;
}

/** Format of an index. `ncep`: `<file>.idx`, lines of wgrib2. `ecmwf`: `.index` in place of `.grib2`, JSON lines. */
export type IndexFormat = "ncep" | "ecmwf";

/** A mirror of the model's files. */
export interface Source {
  readonly id: string;
  /** URL that ends in `/`; the layout's path follows. */
  readonly baseUrl: string;
  /** First UTC date of the cycles that it keeps; not given when it keeps all. */
  readonly validFrom?: string;
  /** Limit that the host sets for a client; unlimited when not given. */
  readonly requestsPerMinute?: number;
}

/** Definition of a variable that all models share: its name, unit and style. */
/** The groups of the page's list of variables, in its order. */
export type VariableGroup =
  | "Temperature"
  | "Wind"
  | "Precipitation"
  | "Severe weather"
  | "Sky"
  | "Pressure"
  | "Upper air";

export interface VariableDefinition {
  readonly id: VarId;
  readonly name: string;
  readonly group: VariableGroup;
  readonly units: DisplayUnit;
  readonly kind: Kind;
  /** Decimals of a shown value. */
  readonly precision: number;
  readonly palette: Palette;
  /** Whether a frame is mostly empty (no echo, no rain): the gate on the image's coverage does not apply. */
  readonly sparse?: boolean;
  /** Physically possible values, in display units; by default the encoding range and a fifth of it on either side. */
  readonly physicalRange?: readonly [number, number];
  /**
   * Largest difference between a cell and all eight around it that weather explains, in display units: a cell that
   * stands out by more is damaged. Not given where single cells may differ by any amount, as echoes do.
   */
  readonly maxSpike?: number;
  readonly contours?: readonly ContourSpec[];
}

/** A variable of a model: one entry of its table. */
export interface Variable extends VariableDefinition {
  /** The product whose files contain those of its messages whose selector names no product. */
  readonly product: string;
  readonly derivation: Derivation;
  /** Whether the variable is primary: a run is promoted once its primary variables have their first hours. */
  readonly primary?: boolean;
  /** First and last lead time of the variable: an accumulation has no frame at the start of the run. */
  readonly firstLead?: Lead;
  readonly lastLead?: Lead;
}

/** Contours on a variable's map. */
export interface ContourSpec {
  /** Name in the URL: letters, digits and `_`. */
  readonly key: string;
  /** Levels in `units`: a list, or every multiple of a step. */
  readonly levels: readonly number[] | { readonly every: number };
  readonly units: DisplayUnit;
  /** Field of the contours when it is not the variable's own, such as heights on a map of vorticity. */
  readonly of?: {
    readonly derivation: Derivation;
    /** Physically possible values, in `units`. */
    readonly physicalRange: readonly [number, number];
  };
}

/** Returns the kind of cycle of a run, or null when the model has no cycle at that hour. */
export function cycleOf(model: Model, run: RunId): Cycle | null {
  const hour = cycleTime(run).getUTCHours();
  return model.cycles.find(({ utcHours }) => utcHours.includes(hour)) ?? null;
}

/** Returns the lead times of a run, ascending; none when the model's cycle at that hour is not used. */
export function runLeads(model: Model, run: RunId): readonly Lead[] {
  return cycleOf(model, run)?.leads ?? [];
}

/** Returns the lead times of a run at which a variable exists. */
export function variableLeads(model: Model, variable: Variable, run: RunId): readonly Lead[] {
  const { firstLead, lastLead } = variable;
  return runLeads(model, run).filter((lead) =>
    (firstLead === undefined || compareLeads(lead, firstLead) >= 0) &&
    (lastLead === undefined || compareLeads(lead, lastLead) <= 0)
  );
}

/** Returns the number of frames of a run, for the given variables and lead times or for all. */
export function expectedFrames(
  model: Model,
  run: RunId,
  variables: readonly Variable[] = model.variables,
  leads: readonly Lead[] = runLeads(model, run),
): number {
  return variables.reduce(
    (sum, variable) => sum + variableLeads(model, variable, run).filter((lead) => leads.includes(lead)).length,
    0,
  );
}
