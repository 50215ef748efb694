import { freshnessOf } from "../../../contract/freshness.ts";
import type { ModelId, RunId } from "../../../contract/identity.ts";
import { modelGeometry } from "../../../contract/models.ts";
import type { Pane } from "../state/pane.ts";
import type { Run } from "../state/selection.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatAge, formatRun } from "../format.ts";
import { useIsHydrated } from "./hooks.ts";
import { VariablePicker } from "./VariablePicker.tsx";

/** The choices of a pane: model, run, variable. */
export function PaneChoices({ viewer, pane }: { viewer: Viewer; pane: Pane }) {
  const models = viewer.models.value;
  const model = pane.model.value;
  const run = pane.run.value;
  const isHydrated = useIsHydrated();
  return (
    <>
      <label class="choice model">
        <span>Model</span>
        <select
          value={model.id}
          onChange={(event) => void pane.choose({ model: event.currentTarget.value as ModelId, run: null })}
        >
          {models.map(({ id, name }) => <option key={id} value={id} selected={id === model.id}>{name}</option>)}
        </select>
      </label>
      <label class="choice run">
        <span>
          Run{isHydrated && <Age run={run} isLatest={run.run === model.latest_run} model={model.id} />}
          {!run.complete && <i class="age building">building {progress(run)}</i>}
        </span>
        <select
          value={run.run}
          onChange={(event) => void pane.choose({ run: event.currentTarget.value as RunId })}
        >
          {pane.runs.value.map((each) => (
            <option key={each.run} value={each.run} selected={each.run === run.run}>
              {runText(each, each.run === run.run)}
            </option>
          ))}
        </select>
      </label>
      <VariablePicker pane={pane} />
    </>
  );
}

/** The age of a run. When the latest run is older than it should be, the next one is late, and the age says so. */
function Age({ run, isLatest, model }: { run: Run; isLatest: boolean; model: ModelId }) {
  const { ageMs, isStale } = freshnessOf(modelGeometry(model) ?? { staleAfterHours: Infinity }, run.run, new Date());
  const isLate = isLatest && isStale;
  return <i class={isLate ? "age late" : "age"}>{formatAge(ageMs)}{isLate && ", the next is late"}</i>;
}

/**
 * Returns a run's text in the list. A run that is being built shows its progress; for the chosen run it stands above
 * the list.
 */
function runText(run: Run, isChosen: boolean): string {
  return run.complete || isChosen ? formatRun(run.run) : `${formatRun(run.run)} (${progress(run)})`;
}

function progress({ available_frames: there, expected_frames: expected }: Run): string {
  return `${there}/${expected}`;
}
