import type { ModelId, RunId } from "../../../contract/identity.ts";
import type { Pane, Run } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatAge, formatRun } from "./format.ts";
import { useIsHydrated } from "./hooks.ts";
import { VariablePicker } from "./VariablePicker.tsx";

/** What a pane shows: model, run, variable. */
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
          Run{isHydrated && <i class="age">{formatAge(Date.now() - Date.parse(run.cycle_utc))}</i>}
          {!run.complete && <i class="age building">building {progress(run)}</i>}
        </span>
        <select
          value={run.run}
          onChange={(event) => void pane.choose({ run: event.currentTarget.value as RunId })}
        >
          {pane.runs.value.map((each) => (
            <option key={each.run} value={each.run} selected={each.run === run.run}>{runText(each)}</option>
          ))}
        </select>
      </label>
      <VariablePicker pane={pane} />
    </>
  );
}

/** A run that is being built says how far it is. */
function runText(run: Run): string {
  return run.complete ? formatRun(run.cycle_utc) : `${formatRun(run.cycle_utc)} (${progress(run)})`;
}

function progress({ available_frames: there, expected_frames: expected }: Run): string {
  return `${there}/${expected}`;
}
