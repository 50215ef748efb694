import { cycleTime, isoSeconds, type VarId } from "../../contract/identity.ts";
import { formatRun } from "./format.ts";
import type { ViewerState } from "./state.ts";

/** What is shown, and where. */
export function Toolbar({ state }: { state: ViewerState }) {
  const { model, run, regions } = state.props;
  const newer = state.newerRun.value;
  return (
    <header class="toolbar">
      <h1 class="brand">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 9h11a3 3 0 1 0-3-3M3 13h15a3 3 0 1 1-3 3M3 17h7a2.5 2.5 0 1 1-2.5 2.5" />
        </svg>
        <span>Models</span>
      </h1>
      <dl class="facts">
        <div>
          <dt>Model</dt>
          <dd>{state.props.models.length > 1 ? <ModelChoice state={state} /> : model.name}</dd>
        </div>
        <div>
          <dt>Run</dt>
          <dd aria-live="polite">
            {formatRun(run.cycle_utc)}
            {newer && <a class="newer" href={`?model=${model.id}`}>{formatRun(isoSeconds(cycleTime(newer)))} is out</a>}
          </dd>
        </div>
      </dl>
      <VariableChoice state={state} />
      {run.synthetic && <strong class="badge" title="Made by this program; nobody's forecast">Synthetic data</strong>}
      <label class="choice region">
        <span>Region</span>
        <select value={state.region.value} onChange={(event) => state.selectRegion(event.currentTarget.value)}>
          {Object.entries(regions).map(([id, { label }]) => <option key={id} value={id}>{label}</option>)}
        </select>
      </label>
    </header>
  );
}

/** Another model is another page: it has runs, variables and hours of its own. */
function ModelChoice({ state: { props } }: { state: ViewerState }) {
  return (
    <select
      class="model"
      aria-label="Model"
      value={props.model.id}
      onChange={(event) => location.assign(`?model=${event.currentTarget.value}`)}
    >
      {props.models.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
    </select>
  );
}

/** The run's variables by group, in the order of the model's table. */
function VariableChoice({ state }: { state: ViewerState }) {
  const { variables } = state.props;
  const groups = [...new Set(variables.map(({ group }) => group))];
  return (
    <label class="choice">
      <span>Variable</span>
      <select
        value={state.frame.value.var}
        onChange={(event) => void state.selectVariable(event.currentTarget.value as VarId)}
      >
        {groups.map((group) => (
          <optgroup key={group} label={group}>
            {variables.filter((variable) => variable.group === group).map(({ id, name }) => (
              <option key={id} value={id}>{name}</option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
