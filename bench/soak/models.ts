import { hrrr } from "../../builder/models/hrrr.ts";
import { gfs } from "../../builder/models/gfs.ts";
import { wantedMessages } from "../../builder/frame/frame_input.ts";
import type { Model } from "../../builder/models/model.ts";
import { leadMinutes, leadOfHours } from "../../contract/lead.ts";

/**
 * The models of the soak: HRRR with the variables that come from instants alone, since their messages can be moved to
 * another time, and runs of 18 hours; GFS with the variables that there are real messages of, up to 48 hours.
 */
const FH = leadOfHours(6);
const GFS_VARIABLES = ["tmp2m", "prmsl"];

export const SOAK_MODELS: Readonly<Record<string, Model>> = {
  hrrr: upTo(18, {
    ...hrrr,
    variables: hrrr.variables.filter((variable) =>
      wantedMessages(variable, FH).every(({ selector, product }) =>
        selector.statistic === "instant" && product === "sfc"
      )
    ),
  }),
  gfs: upTo(48, { ...gfs, variables: gfs.variables.filter(({ id }) => GFS_VARIABLES.includes(id)) }),
};

function upTo(last: number, model: Model): Model {
  const cycles = model.cycles.map((cycle) => ({
    ...cycle,
    leads: cycle.leads.filter((lead) => leadMinutes(lead) <= last * 60),
  }));
  return { ...model, cycles };
}

/** A clock that runs `factor` times as fast as real time. */
export interface FastTime {
  readonly startMs: number;
  readonly realStartMs: number;
  readonly factor: number;
}

export function fastNow({ startMs, realStartMs, factor }: FastTime): Date {
  return new Date(startMs + (Date.now() - realStartMs) * factor);
}
