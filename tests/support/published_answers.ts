import type { FramesAnswer, RunsAnswer, VarsAnswer } from "../../contract/api.ts";
import { cycleTime, isoSeconds, type ModelId, type RunId, validTime, type VarId } from "../../contract/identity.ts";
import { leadFields, leadOfHours } from "../../contract/lead.ts";
import { framesUrl, runsUrl, varsUrl } from "../../contract/urls.ts";
import type { PaneProps } from "../../islands/viewer/state/pane.ts";
import type { Model } from "../../islands/viewer/state/selection.ts";
import { EXAMPLE_SIDECAR } from "./example_sidecar.ts";
import { varId } from "./identity.ts";
import { replaceGlobals } from "./replace_globals.ts";

/** The API's answers for tests of the page's state: two models, whose runs have hourly or three-hourly frames. */

export const [HRRR, GFS] = ["hrrr", "gfs"] as ModelId[] as [ModelId, ModelId];
export const [RUN_00, RUN_06, RUN_12] = ["20260217_00z", "20260217_06z", "20260217_12z"] as RunId[] as [
  RunId,
  RunId,
  RunId,
];
export const [TEMPERATURE, WIND, SNOW] = ["tmp2m", "wspd10m", "snod"] as VarId[] as [VarId, VarId, VarId];

export const modelOf = (id: ModelId, latest: RunId | null): Model => ({
  id,
  name: id.toUpperCase(),
  description: "",
  attribution: "",
  nature: "forecast",
  coverage: [-134, 21, -60, 53],
  native_zoom: 6,
  latest_run: latest,
  synthetic: false,
});

export const runsOf = (model: ModelId, ...runs: RunId[]): RunsAnswer => ({
  model,
  latest_run: runs[0] ?? null,
  runs: runs.map((run) => ({
    run,
    cycle_utc: isoSeconds(cycleTime(run)),
    complete: true,
    synthetic: false,
    available_frames: 10,
    expected_frames: 10,
  })),
});

export const variablesOf = (model: ModelId, run: RunId, available: Readonly<Record<string, number>>): VarsAnswer => ({
  model,
  run,
  vars: Object.entries(available).map(([id, frames]) => ({
    id: varId(id),
    name: id,
    group: "",
    kind: "continuous",
    units: "",
    expected_frames: 10,
    available_frames: frames,
  })),
});

export const framesOf = (model: ModelId, run: RunId, variable: VarId, hours: readonly number[]): FramesAnswer => ({
  model,
  run,
  var: variable,
  expected_frames: 10,
  frames: hours.map(leadOfHours).map((lead) => ({ ...leadFields(lead), valid_time: isoSeconds(validTime(run, lead)) })),
});

/** Answers to the page's requests; anything unpublished is 404. */
export class Published {
  /** The requested URLs, in order. */
  readonly asked: string[] = [];
  readonly #answers = new Map<string, () => Promise<Response>>();

  publish(url: string, answer: object, after: Promise<void> = Promise.resolve()): void {
    this.#answers.set(url, () => after.then(() => Response.json(answer)));
  }

  /** Answers a URL with an error status. */
  refuse(url: string, status: number): void {
    this.#answers.set(url, () => Promise.resolve(new Response(null, { status })));
  }

  remove(url: string): void {
    this.#answers.delete(url);
  }

  runs(model: ModelId, ...runs: RunId[]): void {
    this.publish(runsUrl(model), runsOf(model, ...runs));
  }

  /** Publishes a run whose variables all have the same hours. */
  run(model: ModelId, run: RunId, hours: readonly number[], ...variables: VarId[]): void {
    this.publish(
      varsUrl(model, run),
      variablesOf(model, run, Object.fromEntries(variables.map((id) => [id, hours.length]))),
    );
    for (const id of variables) this.publish(framesUrl(model, run, id), framesOf(model, run, id, hours));
  }

  readonly fetch = (relative: string): Promise<Response> => {
    const url = `/${relative}`; // the page uses relative addresses
    this.asked.push(url);
    return this.#answers.get(url)?.() ?? Promise.resolve(new Response(null, { status: 404 }));
  };
}

export const HOURS = [0, 1, 2, 3, 4, 5, 6];

/** A pane that shows hour 3 of the 2 m temperature of HRRR's 06Z run: valid at 9 UTC. */
export const BEGINNING: PaneProps = {
  model: modelOf(HRRR, RUN_06),
  runs: runsOf(HRRR, RUN_06, RUN_00).runs,
  run: runsOf(HRRR, RUN_06).runs[0]!,
  variables: variablesOf(HRRR, RUN_06, { tmp2m: 7, wspd10m: 7 }).vars,
  frames: framesOf(HRRR, RUN_06, TEMPERATURE, HOURS).frames,
  sidecar: EXAMPLE_SIDECAR,
};

/** Publishes two runs of HRRR and one of GFS, and answers the page's requests from them until the test ends. */
export function publishedAnswers(): Published & Disposable {
  const published = new Published();
  published.runs(HRRR, RUN_06, RUN_00);
  published.run(HRRR, RUN_06, HOURS, TEMPERATURE, WIND);
  published.run(HRRR, RUN_00, HOURS, TEMPERATURE, WIND);
  published.runs(GFS, RUN_00);
  published.run(GFS, RUN_00, [0, 3, 6, 9, 12], TEMPERATURE);
  const globals = replaceGlobals({ fetch: published.fetch });
  return Object.assign(published, { [Symbol.dispose]: () => globals[Symbol.dispose]() });
}
