import { formatRun } from "./format.ts";
import type { ViewerState } from "./state.ts";

/** What is shown, and where. */
export function Toolbar({ state }: { state: ViewerState }) {
  const { model, run, variable, regions } = state.props;
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
          <dd>{model.name}</dd>
        </div>
        <div>
          <dt>Run</dt>
          <dd>{formatRun(run.cycle_utc)}</dd>
        </div>
        <div>
          <dt>Variable</dt>
          <dd>{variable.name}</dd>
        </div>
      </dl>
      {run.synthetic && <strong class="badge" title="Made by this program; nobody's forecast">Synthetic data</strong>}
      <label class="region">
        <span>Region</span>
        <select value={state.region.value} onChange={(event) => state.selectRegion(event.currentTarget.value)}>
          {Object.entries(regions).map(([id, { label }]) => <option key={id} value={id}>{label}</option>)}
        </select>
      </label>
    </header>
  );
}
