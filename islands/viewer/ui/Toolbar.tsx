import { useState } from "preact/hooks";
import { NO_REGION } from "../state/view.ts";
import type { Viewer } from "../state/viewer.ts";
import { CompareMenu } from "./CompareMenu.tsx";
import { formatTime } from "../format.ts";
import { useIsHydrated } from "./hooks.ts";
import { Icon } from "./icons.tsx";
import { LayersMenu } from "./LayersMenu.tsx";
import { PaneChoices } from "./PaneChoices.tsx";
import { ShareMenu } from "./ShareMenu.tsx";

/** The choices of weather, region and layers. On a small screen they are a sheet at the bottom, behind a button. */
export function Toolbar({ viewer }: { viewer: Viewer }) {
  const { view } = viewer;
  const regions = view.regions.value;
  const [isOpen, setOpen] = useState(false);
  return (
    <header class="toolbar">
      <h1 class="brand">
        <Icon name="wind" />
        <span>Models</span>
      </h1>
      <Headline viewer={viewer} />
      <button
        type="button"
        class="tool sheet-switch"
        aria-expanded={isOpen}
        aria-controls="controls"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={isOpen ? "close" : "sliders"} />
        <span>{isOpen ? "Close" : "Choose"}</span>
      </button>
      {viewer.first.run.value.synthetic && (
        <strong class="badge" title="Synthetic: made by this program, not a forecast">Synthetic data</strong>
      )}
      <div class="controls" id="controls" data-open={isOpen}>
        <PaneChoices viewer={viewer} pane={viewer.first} />
        <label class="choice region">
          <span>Region</span>
          <select value={view.region.value} onChange={(event) => view.selectRegion(event.currentTarget.value)}>
            {view.region.value === NO_REGION && <option value={NO_REGION} selected>Own view</option>}
            {Object.entries(regions).map(([id, { label }]) => (
              <option key={id} value={id} selected={id === view.region.value}>{label}</option>
            ))}
          </select>
        </label>
        <div class="tools">
          <LayersMenu layers={viewer.layers} />
          <CompareMenu comparison={viewer.comparison} />
          <ShareMenu viewer={viewer} />
          <button type="button" class="tool" title="Keys and help" onClick={() => viewer.isHelpShown.value = true}>
            <Icon name="help" />
            <span>Help</span>
          </button>
        </div>
      </div>
    </header>
  );
}

/** The painted frame in one line, which a small screen always shows. */
function Headline({ viewer: { first } }: { viewer: Viewer }) {
  const { name, valid_time: validTime } = first.sync.sidecar.value;
  const isHydrated = useIsHydrated();
  return (
    <p class="headline">
      <b>{name}</b>
      <span>{formatTime(validTime, isHydrated ? undefined : "UTC")}, {first.model.value.name}</span>
    </p>
  );
}
